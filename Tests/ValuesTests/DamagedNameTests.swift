import Testing
import Values

struct DamagedNameTests {
    @Test(arguments: [
        "Ng?g?", "Ng\u{FFFD}g", "JosÃ©", "#N/A", "?bd", "Njeri ??", "????", "F?vrier",
        // The last letter.
        "Andr?", "Njik?", "N?", "Andr? Bassa", "Jean ?", "Abena?", "Marie?",
        // UTF-8 as Windows-1252, DOS and Macs as each other.
        "Franâ€™ois", "Oâ€™Brien", "Fran‡ois", "Andr‚", "J„ger", "C“me", "L…titia", "Andr├⌐",
        "AndrΘ", "FranτOis", "Fran√ßois", "Z¢e", "Andrй", "Andrи", "BŽatrice", "AndrŽ",
        "Ngassa NjikŽ",
        "MichŠle", "Mu¤oz", "Pe±a",
        // Arabic, Cyrillic and Greek as Windows-1252.
        "ÇÍãÏ", "ãÍãÏ", "Zohra ÇáÏíä", "Èâàí", "Ãéþñãïò",
        // Escapes.
        "Andr&eacute;", "Andr&#233;", "Andr&#xE9;", "O&#39;Brien", "Andr%C3%A9", "Andr%e9",
        "Andr=E9",
        "Andr=C3=A9", "Zo+AOk-", "Andr\\u00e9", "Andr\\xe9", "Andr\\351", "Andru00e9",
        // Signs in place of letters.
        "Ng□g□", "Ng■g", "Ng¿g¿", "Ng#g#", "#bdou", "Ngug\u{E000}", "Ng\u{FFFC}g",
        "Jean\u{2028}Bassa", "Jean\u{2029}Bassa",
    ])
    func isRefused(_ name: String) {
        #expect(Placeholder.nameFault(name) != nil, "\(name)")
    }

    @Test(arguments: [
        "N'Gono", "O'Brien", "O’Brien", "O´Brien", "Ngo-Bassa", "Ngo–Bassa", "Müller", "Ñandú",
        "Željko",
        "Škoda", "ŠKODA", "BOŽENA", "BoŽena", "DŽenan", "Đặng Thị", "Þór", "Ærø", "Öé", "Île", "Yö",
        "Äiö",
        "M&M", "Jean & Marie; jumeaux", "Jean #2", "José María", "Mª José", "Gal·la", "Zoë",
        "Ångström",
        "Ólafur", "FRANÇOIS", "FranÇois", "JosÉ", "ÉLÉONORE", "Éléa", "Øyvåg", "JOÃO", "Ngũgĩ",
        "E\u{301}le\u{301}a", "nÓg", "Kwabεna", "Yaηa", "Ɛnyɔnam", "Ŋgɔnɔ", "محمد علي",
        "علی\u{200C}رضا",
        "አበበ", "राम कुमार", "Ωμέγα", "Ольга", "דוד", "Jean «Jo» Bassa", "Hans „Hansi“ Müller",
        "Marie+Anne-Claire", "MARIE+ANNE-CLAIRE", "50%", "Luu Minh", "Jr.", "?", "",
    ])
    func isSpelling(_ name: String) {
        #expect(Placeholder.nameFault(name) == nil, "\(name)")
    }

    /// Whoever reads it learns what to enter, and nobody's name.
    @Test(arguments: [
        ("Andr?", "has ? in place of a letter that was lost"),
        ("Andr&eacute;", "has &eacute; in place of a letter"), ("Zo+AOk-", "has +AOk- in place"),
        ("Andr\\u00e9", "has \\u00e9 in place"), ("Andr%C3%A9", "has %C3 in place"),
        ("Jean\u{2028}Bassa", "has a line break"), ("ÇÍãÏ", "another code page"),
    ])
    func saysWhatToDo(_ name: String, _ words: String) {
        let said = Placeholder.nameFault(name) ?? ""
        #expect(said.hasPrefix(words) || said.contains(words) && !said.contains(name), "\(said)")
    }

    @Test(arguments: [
        ("None", true), ("none", true), ("nil", true), ("Infinity", true), ("undefined", true),
        ("System.String", true), ("System.Object[]", true), ("[object Object]", true),
        ("Nil", false), ("Null", false), ("Nona", false), ("", false),
    ])
    func isNobody(_ text: String, _ isNobody: Bool) {
        #expect(Placeholder.isNoName(text) == isNobody)
    }
}
