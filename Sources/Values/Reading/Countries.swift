import Foundation

/// The countries of ISO 3166-1.
package enum Countries {
    /// In two upper-case letters.
    package static let codes = Set(
        Locale.Region.isoRegions.map(\.identifier).filter { identifier in
            identifier.utf8.count == 2 && identifier.utf8.allSatisfy { (65...90).contains($0) }
        })

    /// Reads a code of two or three letters, or a country's name in English, French or Arabic.
    package static func read(_ sent: String) -> Reading<String> {
        if codes.contains(sent) { return .value(sent) }
        let text = sent.plainCode
        let upper = text.uppercased()
        if codes.contains(upper) { return .value(upper) }
        if Placeholder.isNothing(text) { return .nothing }
        if let code = threeLetters[upper] ?? names[text.foldedWord] { return .value(code) }
        return .refused("must be an ISO 3166 country of two letters, such as CM")
    }

    private static let names: [String: String] = {
        var names: [String: String] = [:]
        for language in ["en", "fr", "ar"] {
            let locale = Locale(identifier: language)
            for code in codes {
                guard let name = locale.localizedString(forRegionCode: code) else { continue }
                names[name.foldedWord] = code
            }
        }
        // What people say beside the official names.
        let others = [
            "CM": "cameroun,republic of cameroon,république du cameroun,kamerun",
            "CD":
                "drc,rdc,congo kinshasa,democratic republic of congo,république démocratique du congo",
            "CG": "congo,congo brazzaville,republic of congo,république du congo",
            "CF": "rca,central african republic,centrafrique",
            "CI": "ivory coast,côte d'ivoire,cote divoire",
            "GQ": "equatorial guinea,guinée équatoriale",
            "US": "usa,united states of america,america,états-unis d'amérique",
            "GB": "uk,great britain,england,grande-bretagne,angleterre",
            "SA": "ksa,saudi,kingdom of saudi arabia,royaume d'arabie saoudite,السعودية",
            "AE": "uae,emirates,الإمارات", "TD": "chad,tchad", "SZ": "swaziland",
            "CV": "cape verde,cap-vert", "MM": "burma,birmanie", "CZ": "czech republic",
        ]
        for (code, list) in others {
            for name in list.split(separator: ",") { names[String(name).foldedWord] = code }
        }
        return names
    }()

    private static let threeLetters: [String: String] = {
        var codes: [String: String] = [:]
        for pair in alpha3.split(whereSeparator: \.isWhitespace) {
            codes[String(pair.prefix(3))] = String(pair.suffix(2))
        }
        return codes
    }()

    /// ISO 3166-1 alpha-3, each followed by its alpha-2.
    private static let alpha3 = """
        ABWAW AFGAF AGOAO AIAAI ALAAX ALBAL ANDAD AREAE ARGAR ARMAM ASMAS ATAAQ ATFTF ATGAG AUSAU
        AUTAT AZEAZ BDIBI BELBE BENBJ BESBQ BFABF BGDBD BGRBG BHRBH BHSBS BIHBA BLMBL BLRBY BLZBZ
        BMUBM BOLBO BRABR BRBBB BRNBN BTNBT BVTBV BWABW CAFCF CANCA CCKCC CHECH CHLCL CHNCN CIVCI
        CMRCM CODCD COGCG COKCK COLCO COMKM CPVCV CRICR CUBCU CUWCW CXRCX CYMKY CYPCY CZECZ DEUDE
        DJIDJ DMADM DNKDK DOMDO DZADZ ECUEC EGYEG ERIER ESHEH ESPES ESTEE ETHET FINFI FJIFJ FLKFK
        FRAFR FROFO FSMFM GABGA GBRGB GEOGE GGYGG GHAGH GIBGI GINGN GLPGP GMBGM GNBGW GNQGQ GRCGR
        GRDGD GRLGL GTMGT GUFGF GUMGU GUYGY HKGHK HMDHM HNDHN HRVHR HTIHT HUNHU IDNID IMNIM INDIN
        IOTIO IRLIE IRNIR IRQIQ ISLIS ISRIL ITAIT JAMJM JEYJE JORJO JPNJP KAZKZ KENKE KGZKG KHMKH
        KIRKI KNAKN KORKR KWTKW LAOLA LBNLB LBRLR LBYLY LCALC LIELI LKALK LSOLS LTULT LUXLU LVALV
        MACMO MAFMF MARMA MCOMC MDAMD MDGMG MDVMV MEXMX MHLMH MKDMK MLIML MLTMT MMRMM MNEME MNGMN
        MNPMP MOZMZ MRTMR MSRMS MTQMQ MUSMU MWIMW MYSMY MYTYT NAMNA NCLNC NERNE NFKNF NGANG NICNI
        NIUNU NLDNL NORNO NPLNP NRUNR NZLNZ OMNOM PAKPK PANPA PCNPN PERPE PHLPH PLWPW PNGPG POLPL
        PRIPR PRKKP PRTPT PRYPY PSEPS PYFPF QATQA REURE ROURO RUSRU RWARW SAUSA SDNSD SENSN SGPSG
        SGSGS SHNSH SJMSJ SLBSB SLESL SLVSV SMRSM SOMSO SPMPM SRBRS SSDSS STPST SURSR SVKSK SVNSI
        SWESE SWZSZ SXMSX SYCSC SYRSY TCATC TCDTD TGOTG THATH TJKTJ TKLTK TKMTM TLSTL TONTO TTOTT
        TUNTN TURTR TUVTV TWNTW TZATZ UGAUG UKRUA UMIUM URYUY USAUS UZBUZ VATVA VCTVC VENVE VGBVG
        VIRVI VNMVN VUTVU WLFWF WSMWS YEMYE ZAFZA ZMBZM ZWEZW
        """
}
