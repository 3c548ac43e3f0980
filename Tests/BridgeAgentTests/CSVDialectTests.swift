import Testing

@testable import BridgeAgent

struct CSVDialectTests {
    @Test(arguments: [
        ("first_name,last_name\na,b\n", ",", 0),
        ("first_name;last_name\na;b\n", ";", 0),
        ("first_name\tlast_name\na\tb\n", "\t", 0),
        // The delimiter under which names are known, not the one there is most of.
        ("health_id;test,a,b,c,d;result\n", ";", 0),
        ("\"name; of, all\";health_id;test\n", ";", 0),
        ("sep=;\r\nhealth_id;a,b\n", ";", 7),
        ("\"sep=|\"\nhealth_id|a\n", "|", 8),
        ("SEP=,\nhealth_id,a\n", ",", 6),
        ("\u{FEFF}health_id;a\n", ";", 3),
        ("\u{FEFF}sep=,\r\nhealth_id;x,a\n", ",", 10),
        ("health_id\nx\n", ",", 0),
        ("Nom;Prénom\n", ";", 0),
        ("\n\n health_id ; test \n", ";", 0),
        ("separator,health_id\n", ",", 0),
        // A title above says nothing about what separates the columns.
        ("Report, of June, 2026\nhealth_id;test\nA;B\n", ";", 0),
        ("Report\n\nhealth_id\ttest\n", "\t", 0),
        ("Identifiant santé|Examen|Résultat\nX|K, plasma|4,1\n", "|", 0),
        ("health_id;test|result|unit\nX;K|4|g\n", "|", 0),
        ("health_id;test;a|b|c|d\nX;K|4|g\n", ";", 0),
        ("health_id;notes\nX;a, test, pulse, weight\n", ";", 0),
    ])
    func findsTheDelimiter(_ text: String, _ delimiter: String, _ offset: Int) throws {
        let dialect = try CSVDialect(sniffing: Array(text.utf8))
        #expect(String(UnicodeScalar(dialect.delimiter)) == delimiter)
        #expect(dialect.headerOffset == offset)
        #expect(!dialect.endsWithCR)
    }

    @Test func knowsLoneCarriageReturns() throws {
        #expect(try CSVDialect(sniffing: Array("health_id,a\r1,2\r".utf8)).endsWithCR)
        #expect(try !CSVDialect(sniffing: Array("health_id,a\r\n1,2\r".utf8)).endsWithCR)
        #expect(try !CSVDialect(sniffing: Array("\"a\rb\",health_id\n1,2\r".utf8)).endsWithCR)
    }

    @Test(arguments: [
        [0x50, 0x4B, 3, 4, 20, 0], [0xD0, 0xCF, 0x11, 0xE0], Array("%PDF-1.4".utf8),
    ])
    func refusesWhatIsNoText(_ head: [UInt8]) {
        #expect(throws: FileRefusal.self) { try CSVDialect(sniffing: head) }
    }
}

struct TextEncodingTests {
    @Test(arguments: [
        (Array("é".utf8), "é"), ([0xE9], "é"), ([0x80], "€"), ([0x9C], "œ"), ([0x92], "’"),
        (Array("عمر".utf8), "عمر"), ([0x4E, 0xFF, 0x41], "NÿA"), ([0x81], "\u{81}"), ([], ""),
    ])
    func readsFieldsOfAFileThatWasJoined(_ bytes: [UInt8], _ text: String) {
        let encoding = TextEncoding.page(.windows1252, isMixed: true)
        #expect(encoding.string(bytes[...]) == text)
        #expect(Array(encoding.utf8(bytes[...])) == Array(text.utf8))
    }
}
