import HTTP
import JSON
import Database
import TestSupport
import Testing

/// What a record is known by, and what becomes of lines of one upload that share it (contract § 6).
struct UploadTests {
    private static let patient = "CM-HID-7KQ9-MP42-X8D1"
    private let app: TestApp

    init() throws { app = try TestApp() }

    private func sync(_ records: String...) async -> Answer {
        await BridgeRoutesTests.send(
            app, .post, "sync", json: #"{"records":[\#(records.joined(separator: ","))]}"#)
    }

    private func lab(_ order: String, _ test: String, _ result: String, _ more: String = "")
        -> String
    {
        """
        {"record_type":"lab_result","health_id":"\(Self.patient)","lab_order_id":"\(order)",
        "test":"\(test)","result":"\(result)"\(more)}
        """
    }

    private func results(_ order: String) throws -> [String] {
        try app.read { tx in
            try tx.all(
                """
                SELECT json_extract(content, '$.test_name') || '=' ||
                    json_extract(content, '$.result_value') || ' v' || version
                FROM records WHERE external_id = ? ORDER BY seq
                """, [.text(order)]
            ) { $0.text(0) }
        }
    }

    @Test func anOrderKeepsEveryTest() async throws {
        let names = ["WBC", "RBC", "HGB", "NEUT#", "NEUT%", "K", "K+", "HDL", "HDL-C", "Urée"]
        let answer = await BridgeRoutesTests.send(
            app, .post, "sync",
            json: #"{"records":[\#(names.map { lab("O-1", $0, "6.1") }.joined(separator: ","))]}"#)
        #expect(answer["accepted"]?.int == Int64(names.count))
        #expect(try results("O-1") == names.map { "\($0)=6.1 v1" })
    }

    @Test(arguments: [("wbc", "WBC"), ("Urée", "UREE"), ("Hémoglobine  A1c", "hemoglobine a1c")])
    func theSameTestInAnotherSpellingAmends(_ first: String, _ second: String) async throws {
        _ = await sync(lab("O-2", first, "6.1"))
        let answer = await sync(lab("O-2", second, "6.2"))
        #expect(answer["results"]?.at(0)?["status"]?.string == "amended")
        #expect(try results("O-2") == ["\(second)=6.2 v2"])
    }

    @Test func twoResultsOfOneTestInOneUploadAreAComplaint() async throws {
        let answer = await sync(lab("O-3", "WBC", "6.1"), lab("O-3", "WBC", "7.1"))
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["errors"]?.at(0)?["index"]?.int == 1)
        #expect(answer["errors"]?.at(0)?["fields"]?["external_id"] != nil)
        #expect(try results("O-3") == ["WBC=6.1 v1"])
        // Alone it is a correction.
        #expect(
            (await sync(lab("O-3", "WBC", "7.1")))["results"]?.at(0)?["status"]?.string == "amended"
        )
    }

    /// An agent sends a file in several requests.
    @Test func anUploadReachesAcrossRequests() async throws {
        let upload = #","upload_id":"f1""#
        _ = await sync(lab("O-4", "WBC", "6.1", upload))
        let refused = await sync(lab("O-4", "WBC", "7.1", upload))
        #expect(refused.status == 422)
        #expect(try results("O-4") == ["WBC=6.1 v1"])
        let repeated = await sync(lab("O-4", "WBC", "6.1", upload))
        #expect(repeated["duplicates"]?.int == 1)
        let next = await sync(lab("O-4", "WBC", "7.1", #","upload_id":"f2""#))
        #expect(next["results"]?.at(0)?["status"]?.string == "amended")
    }

    @Test func twoMedicinesOfOnePrescriptionAreTwo() async throws {
        func line(_ medicine: String, _ dose: String) -> String {
            """
            {"record_type":"prescription","health_id":"\(Self.patient)","prescription_id":"P-1",
            "medicine":"\(medicine)","dose":"\(dose)"}
            """
        }
        let answer = await sync(
            line("Amoxicilline 500 mg", "1"), line("Paracétamol", "2"),
            line("Amoxicilline 250 mg", "1"),
            line("PARACETAMOL", "3"))
        #expect(answer["accepted"]?.int == 3)
        #expect(answer["rejected"]?.int == 1)
    }

    @Test func aWaitingOrderKeepsEveryTest() async throws {
        let unknown = "NG-HID-QKFB-F5KZ-NWJ0"
        let records = ["WBC", "RBC"].map {
            lab("O-5", $0, "6.1").replacing(Self.patient, with: unknown)
        }
        let answer = await sync(records[0], records[1])
        #expect(answer["accepted"]?.int == 2)
        #expect(
            try app.count("SELECT COUNT(*) FROM pending_records WHERE external_id = 'O-5'") == 2)
    }

    // MARK: Connect

    @Test func aPushedPanelKeepsEveryTest() async throws {
        let token = try await app.token("opeshisos_production")
        for test in ["WBC", "RBC", "HGB"] {
            let answer = await app.send(
                .post, "/api/v1/connect/records/lab-results", token: token,
                json: """
                    {"health_id":"\(Self.patient)","external_lab_order_id":"C-1","test_name":"\(test)",
                    "result_value":"1"}
                    """)
            #expect(answer.status == 201)
            #expect(answer["amended"] == nil)
        }
        #expect(try results("C-1") == ["WBC=1 v1", "RBC=1 v1", "HGB=1 v1"])
    }

    // MARK: Stock

    private func drug(_ quantity: String, _ more: String = "", code: String = "AMX") -> String {
        """
        {"record_type":"pharmacy_stock","drug_code":"\(code)","name":"Amoxicillin",
        "quantity":"\(quantity)"\(more)}
        """
    }

    private func stock(_ code: String = "AMX") throws -> [Int] {
        try app.read { tx in
            try tx.all(
                "SELECT quantity FROM pharmacy_stock WHERE drug_code = ? ORDER BY expires_on",
                [.text(code)]
            ) { $0.int(0) }
        }
    }

    @Test func linesOfOneLotAddUpAndIdenticalOnesCountOnce() async throws {
        let lot = #","batch":"L1","expiry":"2028-01-31""#
        let answer = await sync(
            drug("100", lot + #","location":"Store""#), drug("40", lot + #","location":"Ward""#),
            drug("40", lot + #","location":"Ward""#))
        #expect(answer["accepted"]?.int == 3)
        #expect(answer["duplicates"]?.int == 1)
        #expect(answer["results"]?.elements.compactMap { $0["warnings"]?.at(0)?.string }.count == 2)
        #expect(try stock() == [140])
        // The next report counts by itself.
        _ = await sync(drug("90", lot))
        #expect(try stock() == [90])
    }

    @Test func anotherExpiryIsAnotherLine() async throws {
        _ = await sync(drug("100", #","expiry":"2028-01-31""#), drug("40", #","expiry":"06/2028""#))
        #expect(try stock() == [100, 40])
    }

    @Test func linesOfOneFileAddUpAcrossRequestsAndOnce() async throws {
        let upload = #","upload_id":"f1""#
        _ = await sync(drug("100", upload + #","location":"Store""#))
        _ = await sync(drug("40", upload + #","location":"Ward""#))
        _ = await sync(drug("40", upload + #","location":"Ward""#))
        _ = await sync(drug("100", upload + #","location":"Store""#))
        #expect(try stock() == [140])
        _ = await sync(drug("30", #","upload_id":"f2""#))
        #expect(try stock() == [30])
    }

    @Test func aReportOfConnectAddsUpToo() async throws {
        let token = try await app.token("opeshisos_production")
        let answer = await app.send(
            .post, "/api/v1/connect/inventory/pharmacy-stock/sync", token: token,
            json: """
                {"facility_reference":"FAC-001","items":[
                {"drug_code":"AMX","name":"A","quantity":100,"location":"Store"},
                {"drug_code":"AMX","name":"A","quantity":40,"location":"Ward"},
                { "quantity": 40, "location": "Ward", "drug_code": "AMX", "name": "A" }]}
                """)
        #expect(answer["accepted"]?.int == 3)
        #expect(answer["warnings"]?.count == 2)
        #expect(try stock() == [140])
    }

    private func bag(_ donation: String, _ group: String, _ more: String = "") -> String {
        """
        {"record_type":"blood_stock","blood_group":"\(group)","component":"PRBC",
        "donation_number":"\(donation)","screening":"negative"\(more)}
        """
    }

    @Test func everyBagIsOneUnit() async throws {
        let before = try app.count("SELECT COALESCE(SUM(units), 0) FROM blood_stock")
        let answer = await sync(
            bag("D-100", "O+"), bag("D-101", "O+"), bag("D-102", "O+"), bag("D-100", "O+"),
            bag("D-101", "A-"), bag("D-103", "B+", #","units":3"#))
        #expect(answer["accepted"]?.int == 4)
        #expect(answer["duplicates"]?.int == 1)
        #expect(answer["rejected"]?.int == 2)
        #expect(try app.count("SELECT COALESCE(SUM(units), 0) FROM blood_stock") == before + 3)
        // A group that was put right is no second bag.
        _ = await sync(bag("D-100", "A+"))
        #expect(try app.count("SELECT COUNT(*) FROM blood_stock WHERE donation = 'D-100'") == 1)
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM blood_stock WHERE donation = 'D-100' AND blood_group = 'A+'")
                == 1)
    }

    // MARK: Payments

    private func paid(_ reference: String, _ amount: Int, _ more: String = "") -> String {
        """
        {"record_type":"payment","reference":"\(reference)","amount_minor":\(amount),"currency":"XAF",
        "paid_at":"2026-07-01T10:00:00Z"\(more)}
        """
    }

    private func line(_ reference: String) async throws -> JSONValue? {
        let token = try await app.token()
        let answer = await app.send(
            .get, "/api/v1/connect/reconciliation?date=2026-07-01", token: token)
        return answer["records"]?.elements.first { $0["reference"]?.string == reference }
    }

    @Test func aReferenceMayBePaidInSeveralMovements() async throws {
        let provider = #","side":"provider","transaction_id":"#
        let answer = await sync(
            paid("INV-1", 5000), paid("INV-1", 3000, provider + #""T-1""#),
            paid("INV-1", 2000, provider + #""T-2""#))
        #expect(answer["accepted"]?.int == 3)
        let found = try await line("INV-1")
        #expect(found?["status"]?.string == "matched")
        #expect(found?["provider"]?["amount_minor"]?.int == 5000)
    }

    @Test func twoAmountsUnderOneReferenceInOneUploadAreAComplaint() async throws {
        let answer = await sync(paid("INV-2", 5000), paid("INV-2", 500))
        #expect(answer["accepted"]?.int == 1)
        #expect(answer["errors"]?.at(0)?["fields"]?["amount"] != nil)
        #expect(try await line("INV-2")?["facility"]?["amount_minor"]?.int == 5000)
        #expect((await sync(paid("INV-2", 500)))["results"]?.at(0)?["status"]?.string == "amended")
    }

    @Test func aNumberThatComesLaterIsThatOfTheSamePayment() async throws {
        _ = await sync(paid("INV-3", 5000, #","side":"provider""#))
        _ = await sync(paid("INV-3", 5000, #","side":"provider","transaction_id":"T-9""#))
        let again = await sync(paid("INV-3", 5000, #","side":"provider""#))
        #expect(again["duplicates"]?.int == 1)
        #expect(try app.count("SELECT COUNT(*) FROM payments WHERE reference = 'INV-3'") == 1)
    }

    @Test func aListOfPaymentsThatContradictsItselfIsRefusedWhole() async throws {
        let token = try await app.token()
        let answer = await app.send(
            .post, "/api/v1/connect/payments", token: token,
            json: """
                {"payments":[
                {"reference":"INV-4","amount":"5 000 FCFA","paid_at":"2026-07-01T10:00:00Z"},
                {"reference":"INV-4","amount":"500","paid_at":"2026-07-01T10:00:00Z"}]}
                """)
        #expect(answer.status == 422)
        #expect(try app.count("SELECT COUNT(*) FROM payments WHERE reference = 'INV-4'") == 0)
    }
}
