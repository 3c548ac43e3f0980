import Testing
import Values

struct HealthIDTests {
    @Test(arguments: [
        "CM-HID-7KQ9-MP42-X8D1", "CM-HID-M9S3-46Q3-D25J", "CM-HID-VT4F-5V37-E3SM",
        "SA-HID-3E28-JT97-KB6A", "FR-HID-CQ64-3DZV-MXXK", "NG-HID-QKFB-F5KZ-NWJ0",
    ])
    func acceptsTheVectors(_ text: String) {
        #expect(HealthID(text)?.description == text)
    }

    @Test(arguments: [
        "cm-hid-7kq9-mp42-x8d1", "CMHID7KQ9MP42X8D1", " CM HID 7KQ9 MP42 X8D1 ",
        "CM-HID-7KQ9-MP42-X8DI", "CM-HID-7KQ9-MP42-X8Dl", "CM-H1D-7KQ9-MP42-X8D1",
        "CM-HID-7KQ9MP42X8D1", "CMHID7KQ9MP42X8D1    ", "CM HID 7KQ9 MP42 X8D1",
        "CM-HID7-KQ9M-P42X-8D1",
    ])
    func forgivesTyping(_ text: String) {
        #expect(HealthID(text)?.description == "CM-HID-7KQ9-MP42-X8D1")
    }

    @Test func readsLetterOAsZero() {
        #expect(HealthID("NG-HID-QKFB-F5KZ-NWJO")?.description == "NG-HID-QKFB-F5KZ-NWJ0")
    }

    @Test(arguments: [
        "", "CM", "CM-HID-7KQ9-MP42-X8D2", "CM-HID-7KQ9-MP42-X8D", "CM-HID-7KQ9-MP42-X8D11",
        "C1-HID-7KQ9-MP42-X8D1", "CM-HIX-7KQ9-MP42-X8D1", "CM-HID-7KQ9-MP42-X8U1",
        "CM-HID-7KQ9-MP42-X8D\u{0}", "ＣＭ-HID-7KQ9-MP42-X8D1",
        String(repeating: "CM-HID-7KQ9-MP42-X8D1", count: 1000), "CM_HID_7KQ9_MP42_X8D1",
    ])
    func refuses(_ text: String) {
        #expect(HealthID(text) == nil)
    }

    @Test func catchesEverySingleSlip() {
        let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let id = Array("CM-HID-7KQ9-MP42-X8D1")
        for index in id.indices where index > 6 && id[index] != "-" {
            for symbol in symbols where symbol != id[index] {
                var changed = id
                changed[index] = symbol
                #expect(HealthID(String(changed)) == nil)
            }
        }
    }

    @Test func makesIdsThatItAccepts() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let id = HealthID(country: "CM", random: generator.next())
            #expect(HealthID(id.description) == id)
        }
    }

    @Test(arguments: ["OPC-2024-DEMO1", "opc-2024-demo1", "opc2024demo1", " OPC 2024 DEMO1 "])
    func readsOldIds(_ text: String) {
        #expect(PatientReference(text) == .legacy("OPC-2024-DEMO1"))
    }

    @Test(arguments: [
        "OPC-24-DEMO1", "OPC-2024-", "OPC-2024-DEMO_1", "OPC-2024-DÉMO1", "OPC-2024-ABCDEFGHIJKLM",
    ])
    func refusesOldIdsOfAnotherForm(_ text: String) {
        #expect(PatientReference(text) == nil)
    }
}
