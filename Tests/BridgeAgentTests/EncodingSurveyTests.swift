import Foundation
import Testing

@testable import BridgeAgent

/// Bytes as Python's codecs of those names make them.
struct EncodingSurveyTests {
    private let folder: AgentFolder

    init() throws { folder = try AgentFolder() }

    private func encoding(
        _ bytes: [UInt8], _ configured: ConfiguredEncoding? = nil
    ) throws -> TextEncoding {
        let path = folder.path + "/data/incoming/f.csv"
        try Data(bytes).write(to: URL(filePath: path))
        return try EncodingSurvey.encoding(of: try InputFile(path: path), configured: configured)
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(decoding: digits[$0..<($0 + 2)], as: UTF8.self), radix: 16)
        }
    }

    /// Each reads as it was written, under that page or one that makes the same of its bytes.
    @Test(arguments: [
        (
            "nom,prenom\nNkoa,René\n",
            "6e6f6d2c7072656e6f6d0a4e6b6f612c52656ee90a"
        ),
        (
            "nom,prenom\nNKOA,RENÉ\n",
            "6e6f6d2c7072656e6f6d0a4e4b4f412c52454ec90a"
        ),
        (
            "nom,prenom\nÉlise,A\n",
            "6e6f6d2c7072656e6f6d0ac96c6973652c410a"
        ),
        (
            "nom;prenom\nN’Gono;Marie\n",
            "6e6f6d3b7072656e6f6d0a4e92476f6e6f3b4d617269650a"
        ),
        (
            "nom;prenom\nHôpital;à jeun\n",
            "6e6f6d3b7072656e6f6d0a48f4706974616c3be0206a65756e0a"
        ),
        (
            "nom;lieu\nA;Côte d’Ivoire\n",
            "6e6f6d3b6c6965750a413b43f4746520649249766f6972650a"
        ),
        (
            "Prénom;Nom\nA;B\n",
            "5072e96e6f6d3b4e6f6d0a413b420a"
        ),
        (
            "nom;prix\nRené;12 €\n",
            "6e6f6d3b707269780a52656ee93b313220800a"
        ),
        (
            "nom;note\nJosé;«très bien» – 38°\n",
            "6e6f6d3b6e6f74650a4a6f73e93bab7472e873206269656ebb2096203338b00a"
        ),
        (
            "nom;n\nJOÃO;1\nRENÉ;2\n",
            "6e6f6d3b6e0a4a4fc34f3b310a52454ec93b320a"
        ),
        (
            "nom;n\nMüller;1\n",
            "6e6f6d3b6e0a4dfc6c6c65723b310a"
        ),
        (
            "N° lot;Désignation\nL1;Paracétamol\n",
            "4eb0206c6f743b44e97369676e6174696f6e0a4c313b5061726163e974616d6f6c0a"
        ),
        (
            "nom;n\nCŒUR;1\nÂgé;2\n",
            "6e6f6d3b6e0a438c55523b310ac267e93b320a"
        ),
        (
            "nom;n\nsœur;1\nRenée;2\n",
            "6e6f6d3b6e0a73bd75723b310a52656ee9653b320a"
        ),
        (
            "first_name,last_name,dob,sex\nمحمد,العتيبي,1990-04-15,M\n",
            "66697273745f6e616d652c6c6173745f6e616d652c646f622c7365780ae3cde3cf2cc7e1dacaedc8ed2c313939302d30342d31352c4d0a"
        ),
        (
            "first_name,last_name\nفاطمة,الزهراء\nعبد الرحمن,أحمد\n",
            "66697273745f6e616d652c6c6173745f6e616d650addc7d8e3c92cc7e1d2e5d1c7c10adac8cf20c7e1d1cde3e42cc3cde3cf0a"
        ),
        (
            "الاسم,العائلة\nخديجة,موسى\n",
            "c7e1c7d3e32cc7e1dac7c6e1c90acecfedccc92ce3e6d3ec0a"
        ),
        (
            "nom,prenom\nمحمد,René\nفاطمة,Hélène\n",
            "6e6f6d2c7072656e6f6d0ae3cde3cf2c52656ee90addc7d8e3c92c48e96ce86e650a"
        ),
        (
            "first_name,last_name\nفاطمة,الزهراء\nعبد الرحمن,محمد\nمريم,العتيبي\nموسى,عبد الله\n",
            "66697273745f6e616d652c6c6173745f6e616d650ae1c7d7e5c92cc7e4d2e7d1c7c10ad9c8cf20c7e4d1cde5e62ce5cde5cf0ae5d1eae52cc7e4d9caeac8ea0ae5e8d3e92cd9c8cf20c7e4e4e70a"
        ),
        (
            "first_name,last_name\nفاطمة,الزهراء\nعبد الرحمن,محمد\nمريم,العتيبي\n",
            "66697273745f6e616d652c6c6173745f6e616d650ae59fe1eaa12c9fe9aaeca99f980ae3a0a7209fe9a9a5eaeb2ceaa5eaa70aeaa9efea2c9fe9e3a2efa0ef0a"
        ),
        (
            "nom,prenom\nNkoa,René\n",
            "6e6f6d2c7072656e6f6d0a4e6b6f612c52656e820a"
        ),
        (
            "nom,prenom\nNKOA,RENÉ\n",
            "6e6f6d2c7072656e6f6d0a4e4b4f412c52454e900a"
        ),
        (
            "Prénom;Nom\nHélène;Ngué\nFrançois;Bâ\n",
            "5072826e6f6d3b4e6f6d0a48826c8a6e653b4e6775820a4672616e876f69733b42830a"
        ),
        (
            "nom;n\nEKOUÉ-ÈVE;À\n",
            "6e6f6d3b6e0a454b4f55902dd456453bb70a"
        ),
        (
            "Prénom;Nom\nHélène;Ngué\nFrançois;Bâ\n",
            "5072826e6f6d3b4e6f6d0a48826c8a6e653b4e6775820a4672616e876f69733b42830a"
        ),
        (
            "nom,prenom\nNkoa,René\n",
            "6e6f6d2c7072656e6f6d0a4e6b6f612c52656e8e0a"
        ),
        (
            "nom,prenom\nNKOA,RENÉ\n",
            "6e6f6d2c7072656e6f6d0a4e4b4f412c52454e830a"
        ),
        (
            "Prénom;Nom\nHélène;Ngué\nFrançois;l’école\n",
            "50728e6e6f6d3b4e6f6d0a488e6c8f6e653b4e67758e0a4672616e8d6f69733b6cd58e636f6c650a"
        ),
        (
            "nom\rHélène\rZoé\r",
            "6e6f6d0d488e6c8f6e650d5a6f8e0d"
        ),
    ])
    func readsWhatWasWritten(_ text: String, _ hex: String) throws {
        let bytes = Self.bytes(hex)
        #expect(try encoding(bytes).string(bytes[...]) == text)
    }

    @Test(arguments: [
        "6e6f6d2c7072656e6f6d0ac8e2e0edeee22ccfb8f2f00ad1ece8f0edeee2e02ccce0f0e8ff0a",  // cp1251
        "6e6f6d2c7072656e6f6d0ae9d7c1cecfd72cf0a3d4d20a",  // koi8_r
        "6e6f6d2c7072656e6f6d0acddfeaeff22cc3e9fef1e3eff20a",  // cp1253
        "6e6f6d2c7072656e6f6d0a8e5293632c91be98590a97e996d82c89d48e710a",  // shift_jis
        "6e6f6d2c7072656e6f6d0ad5c5ceb02ccdf5b7bc0a",  // gb18030
        "6e6f6d2c7072656e6f6d0ae3e5e32cebe4ef0a",  // cp1255
        "6e6f6d3b6e0a52656ee93b310a48826c8a6e653b320a",  // cp1252 and cp850 joined
        "6e6f6d3b6e0a413b31ca3530300a",  // a lone byte between digits
        "6e6f6d3b6e0a41818d8f3b909d0a",  // bytes without sense
    ])
    func waitsWhereNothingOrTooMuchIsPossible(_ hex: String) {
        #expect(throws: FileWait.self) { try encoding(Self.bytes(hex)) }
    }

    @Test func showsTwoReadingsOfACell() throws {
        let bytes = Self.bytes("6e6f6d3b6e0a413b31ca3530300a")
        let wait = #expect(throws: FileWait.self) { try encoding(bytes) }
        let sentence = try #require(wait).sentence
        #expect(sentence.contains("1\u{A0}500 (macintosh)"))
        #expect(sentence.contains("1ت500 (windows-1256)"))
        #expect(sentence.contains("\"encoding\" in bridge_config.json"))
    }

    @Test func isSettledByTheConfiguration() throws {
        let bytes = Array("nom;n\nA;1".utf8) + [0xCA] + Array("500\n".utf8)
        #expect(
            try encoding(bytes, .page(.macintosh)).string(bytes[...]) == "nom;n\nA;1\u{A0}500\n")
        #expect(throws: FileWait.self) { try encoding(bytes, .utf8) }
    }

    /// Unicode is what it is, whatever the configuration says of other files.
    @Test(arguments: [nil, ConfiguredEncoding.page(.windows1256), .utf8])
    func neverReadsUnicodeOtherwise(_ configured: ConfiguredEncoding?) throws {
        let text = "nom,prenom\nNkoa,René\nمحمد,العتيبي\n"
        #expect(try encoding(Array(text.utf8), configured) == .utf8)
        #expect(try encoding([0xEF, 0xBB, 0xBF] + Array(text.utf8), configured) == .utf8)
        let units = Array(text.utf16)
        let little = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let big = units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(try encoding([0xFF, 0xFE] + little, configured) == .utf16(isBigEndian: false))
        #expect(try encoding([0xFE, 0xFF] + big, configured) == .utf16(isBigEndian: true))
    }

    @Test func readsFieldsThatAreUTF8InAFileThatIsNot() throws {
        let bytes = Array("nom;n\nRen".utf8) + [0xE9] + Array(";1\nHélène;2\n".utf8)
        let encoding = try encoding(bytes)
        #expect(encoding == .page(.windows1252, isMixed: true))
        #expect(encoding.string(Array("Hélène".utf8)[...]) == "Hélène")
        #expect(encoding.string([0x52, 0x65, 0x6E, 0xE9]) == "René")
    }

    @Test(arguments: [
        ("JosÃ©", "José"), ("RENÃ‰E", "RENÉE"), ("Ù…Ø\u{AD}Ù…Ø¯", "محمد"), ("NÃ¶el", "Nöel"),
    ])
    func noticesWhatWasEncodedTwice(_ written: String, _ meant: String) throws {
        let wait = #expect(throws: FileWait.self) {
            try encoding(Array("nom;n\n\(written);1\n".utf8))
        }
        #expect(try #require(wait).sentence.contains("\(written) is written for \(meant)"))
        #expect(try encoding(Array("nom;n\n\(written);1\n".utf8), .utf8) == .utf8)
    }

    @Test(arguments: ["São", "SÃO PAULO", "Ã", "Âge", "Ø", "ÙÙ", "Ålesund", "n°1 «Ã»"])
    func takesWhatOnlyLooksSoForWhatItIs(_ text: String) throws {
        #expect(try encoding(Array("nom;n\n\(text);1\nRené;2\n".utf8)) == .utf8)
    }

    /// Any split of the same bytes tells the same.
    @Test(arguments: 1...5)
    func doesNotDependOnPieces(_ size: Int) {
        func shape(_ bytes: [UInt8]) -> (Bool, Bool) {
            var shape = ByteShape()
            for start in stride(from: 0, to: bytes.count, by: size) {
                shape.take(Array(bytes[start..<min(bytes.count, start + size)]))
            }
            shape.finish()
            return (shape.hasHighBytes, shape.isUTF8)
        }
        #expect(shape(Array("a,é\nمحمد😀\n".utf8)) == (true, true))
        #expect(shape(Array("a,é\nمحمد😀\n".utf8).dropLast(3) + []) == (true, false))
        #expect(shape([0x61, 0xE9, 0x0A, 0x62]) == (true, false))
        #expect(shape(Array("abc".utf8)) == (false, true))
        var reader = UTF16Reader(isBigEndian: false)
        let bytes: [UInt8] = [0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0x00, 0xDE, 0x62, 0]
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            text += reader.utf8(Array(bytes[start..<min(bytes.count, start + size)]))
        }
        #expect(String(decoding: text + reader.utf8([]), as: UTF8.self) == "a😀b")
    }
}
