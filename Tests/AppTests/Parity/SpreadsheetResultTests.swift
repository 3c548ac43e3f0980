import Foundation
import HTTP
import JSON
import Database
import Testing
import TestSupport

/// What spreadsheets leave behind in clinical records and stock.
struct SpreadsheetResultTests {
    private func sync(_ record: String) async throws -> (app: TestApp, answer: Answer) {
        let app = try TestApp()
        let patient = "CM-HID-7KQ9-MP42-X8D1"
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"record_type":\#(record),"health_id":"\#(patient)"}"#)
        return (app, answer)
    }

    @Test(arguments: [
        "#DIV/0!", "#VALEUR!", "#REF!", "1.2E+15", "12-mars", "Jan-80", "########", "Err:502",
        "05.avr", "4 mai", "2026-05-04", "04.05.2026", "04/05/2026 00:00:00", "12:30:00 AM",
        "00:04:05",
    ])
    func aResultThatASpreadsheetDestroyedIsRefused(_ value: String) async throws {
        for (type, name) in [("lab_result", "test"), ("vital", "name")] {
            let (_, answer) = try await sync(
                #""\#(type)","\#(name)":"Widal","value":"\#(value)""#)
            #expect(answer.status == 422)
            #expect(answer["message"]?.string?.contains("spreadsheet") == true, "\(answer)")
        }
    }

    @Test(arguments: [
        "1.2E+05", "1/80", "3-12", "<0,5", "Négatif", "+++", "12.5", "1:40", "1/160", "10-12",
    ])
    func aResultOfItsOwnIsStored(_ value: String) async throws {
        let (_, answer) = try await sync(#""lab_result","test":"Widal","value":"\#(value)""#)
        #expect(answer.status == 200)
        #expect(answer["results"]?.elements.first { _ in true }?["warnings"] == nil)
    }

    @Test func aYesOfASpreadsheetIsStoredWithARemark() async throws {
        let (_, answer) = try await sync(#""lab_result","test":"HIV","value":"VRAI""#)
        #expect(answer.status == 200)
        let warning = answer["results"]?.at(0)?["warnings"]?.at(0)?.string
        #expect(warning?.contains("positive or negative") == true, "\(answer)")
        let (_, vital) = try await sync(#""vital","name":"pulse","value":"FAUX""#)
        #expect(vital.status == 422)
    }

    /// What may be left out is, with a remark.
    @Test(arguments: [
        (#""lab_result","test":"K","value":"4","reference_range":"03-déc""#, "reference_range"),
        (
            ##""patient","first_name":"A","last_name":"B","dob":"1990-01-01","blood_type":"#N/A""##,
            "blood_type"
        ),
        (#""prescription","medicine":"P","frequency":"01/01/2001""#, "frequency"),
        (##""prescription","medicine":"P","dose":"#REF!""##, "dose"),
    ])
    func anOptionalOneIsLeftOutWithARemark(_ record: String, _ field: String) async throws {
        let (app, answer) = try await sync(record)
        #expect(answer.status == 200)
        let result = answer["results"]?.elements.first { _ in true }
        let warning = result?["warnings"]?.elements.first { _ in true }?.string
        #expect(warning?.hasPrefix("\(field): not kept") == true, "\(answer)")
        let contents = try app.read { tx in
            try tx.all("SELECT content FROM records WHERE client_id LIKE 'agent:%'") {
                try JSONDocument($0.utf8(0)).root
            }
        }
        #expect(contents.allSatisfy { $0[field] == nil })
    }

    @Test(arguments: [
        #""pharmacy_stock","code":"TOTAL GÉNÉRAL","quantity":"12345""#,
        #""pharmacy_stock","code":"Moyenne","quantity":"12345""#,
        #""pharmacy_stock","code":"Sum","quantity":"12345""#,
        #""payment","reference":"Total","amount":"5000","paid_at":"2026-06-01""#,
        #""patient","external_reference":"Total: 45","first_name":"A","last_name":"B","dob":"1990-01-01""#,
    ])
    func aLineOfTotalsIsNoRecord(_ record: String) async throws {
        let (_, answer) = try await sync(record)
        #expect(answer.status == 422)
        let said = answer["message"]?.string ?? ""
        #expect(said.components(separatedBy: "line of totals").count == 2, "\(said)")
    }
}
