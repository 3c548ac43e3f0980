package import Database
package import Values

/// A believable record for each sandbox patient, stock and payments for the sandbox facility. Pushed
/// the way a partner would, so that readers cannot tell them apart.
package enum SandboxRecords {
    private static let pushes: [(healthID: String, type: RecordType, json: String)] = [
        (
            "CM-HID-M9S3-46Q3-D25J", .encounter,
            """
            {"external_encounter_id":"SBX-ENC-1","encounter_type":"outpatient","severity":"mild",\
            "occurred_at":"2026-04-02T08:30:00Z","notes":"Cough and fever for three days.",\
            "encounter":{"chief_complaint":"Fever","diagnoses":[{"system":"ICD-10","code":"J06.9",\
            "display":"Acute upper respiratory infection"}],"vitals":[{"name":"temperature",\
            "value":38.4,"unit":"Cel"},{"name":"heart_rate","value":92,"unit":"/min"}]}}
            """
        ),
        (
            "CM-HID-M9S3-46Q3-D25J", .labResult,
            """
            {"external_lab_order_id":"SBX-LAB-1","test_name":"Malaria RDT","result_value":"negative",\
            "flagged":false,"occurred_at":"2026-04-02T09:10:00Z"}
            """
        ),
        (
            "CM-HID-M9S3-46Q3-D25J", .prescription,
            """
            {"external_prescription_id":"SBX-RX-1","medication_name":"Paracetamol","dose":"500 mg",\
            "frequency":"three times a day","duration":"5 days","occurred_at":"2026-04-02T09:20:00Z"}
            """
        ),
        (
            "CM-HID-VT4F-5V37-E3SM", .encounter,
            """
            {"external_encounter_id":"SBX-ENC-2","encounter_type":"follow_up",\
            "occurred_at":"2026-05-11T10:00:00Z","notes":"Hypertension, under control.",\
            "encounter":{"chief_complaint":"Blood pressure check","diagnoses":[{"system":"ICD-10",\
            "code":"I10","display":"Essential hypertension"}],"vitals":[{"name":"blood_pressure",\
            "value":"138/86","unit":"mm[Hg]"}]}}
            """
        ),
        (
            "CM-HID-VT4F-5V37-E3SM", .labResult,
            """
            {"external_lab_order_id":"SBX-LAB-2","test_name":"Creatinine","result_value":1.1,\
            "unit":"mg/dL","reference_range":"0.7-1.3","flagged":false,\
            "occurred_at":"2026-05-11T10:40:00Z"}
            """
        ),
        (
            "CM-HID-VT4F-5V37-E3SM", .prescription,
            """
            {"external_prescription_id":"SBX-RX-2","medication_name":"Amlodipine","dose":"5 mg",\
            "frequency":"once a day","occurred_at":"2026-05-11T11:00:00Z"}
            """
        ),
        (
            "CM-HID-7KQ9-MP42-X8D1", .labResult,
            """
            {"external_lab_order_id":"SBX-LAB-3","test_name":"HbA1c","result_value":"7.1%",\
            "reference_range":"< 6.5%","flagged":true,"flag_level":"H",\
            "occurred_at":"2026-03-18T07:45:00Z"}
            """
        ),
        (
            "CM-HID-7KQ9-MP42-X8D1", .prescription,
            """
            {"external_prescription_id":"SBX-RX-3","medication_name":"Metformin","dose":"500 mg",\
            "frequency":"twice a day","occurred_at":"2026-03-18T08:30:00Z"}
            """
        ),
    ]

    package static func load(
        for healthID: HealthID, facilityID: String, at now: Timestamp,
        in tx: borrowing Transaction
    ) throws {
        guard let found = try PatientStore.find(.healthID(healthID), in: tx) else { return }
        let source = RecordStore.Source(
            facilityID: facilityID, clientID: "opeshisos_production", now: now)
        for push in pushes where push.healthID == healthID.description {
            var body = try ObjectReader(json: Array(push.json.utf8))
            let draft = RecordDraft(push.type, &body)
            try body.finish()
            _ = try RecordStore.push(
                draft, for: RecordSubject(found), from: source,
                facility: FacilityStore.seq(of: facilityID, in: tx), in: tx)
        }
    }

    static func loadStock(
        facilityID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        guard try InventoryStore.pharmacy(facilityID: facilityID, limit: 1, in: tx).isEmpty else {
            return
        }
        let today = Int(now.seconds / 86_400)
        func expiry(_ days: Int) -> CalendarDate { CalendarDate(daysSince1970: today + days) }
        let medicines: [(String, String, String, Int, String, Int)] = [
            ("PARA500", "Paracetamol 500 mg", "B2401", 1200, "tablet", 400),
            ("AMOX500", "Amoxicillin 500 mg", "B2417", 8, "capsule", 210),
            ("ARTLUM", "Artemether/Lumefantrine 20/120 mg", "B2433", 340, "tablet", 150),
            ("METF500", "Metformin 500 mg", "B2440", 0, "tablet", 365),
        ]
        for (code, name, batch, quantity, unit, days) in medicines {
            let item = PharmacyItem(
                drugCode: code, name: name, batch: batch, quantity: quantity, unit: unit,
                expiresOn: expiry(days), reorderLevel: 20, asOf: now)
            _ = try InventoryStore.store(
                .pharmacy(item),
                from: StockSource(facilityID: facilityID, uploadID: "sandbox", line: []), in: tx)
        }
        let blood: [(String, BloodComponent, Int, Int)] = [
            ("O+", .packedCells, 14, 30), ("O-", .packedCells, 2, 21), ("A+", .wholeBlood, 6, 25),
            ("B+", .plasma, 9, 300), ("AB+", .platelets, 1, 3),
        ]
        for (group, component, units, days) in blood {
            let item = BloodItem(
                group: group, component: component, batch: "", donation: "", units: units,
                expiresOn: expiry(days), asOf: now)
            _ = try InventoryStore.store(
                .blood(item),
                from: StockSource(facilityID: facilityID, uploadID: "sandbox", line: []), in: tx)
        }
    }

    /// Two days, with one of each disagreement.
    static func loadPayments(
        facilityID: String, at now: Timestamp, in tx: borrowing Transaction
    ) throws {
        let payments: [(Payment.Side, String, Int64, String)] = [
            (.facility, "MOMO-1001", 5_000, "2026-06-01T09:15:00Z"),
            (.provider, "MOMO-1001", 5_000, "2026-06-01T09:15:04Z"),
            (.facility, "MOMO-1002", 12_500, "2026-06-01T11:02:00Z"),
            (.provider, "MOMO-1002", 12_000, "2026-06-01T11:02:09Z"),
            (.facility, "MOMO-1003", 3_000, "2026-06-01T14:40:00Z"),
            (.provider, "MOMO-1004", 7_500, "2026-06-01T15:05:00Z"),
            (.facility, "MOMO-1005", 2_500, "2026-06-02T08:20:00Z"),
            (.provider, "MOMO-1005", 2_500, "2026-06-02T08:20:03Z"),
        ]
        for (side, reference, amount, time) in payments {
            guard let paidAt = Timestamp(rfc3339: time) else {
                preconditionFailure("The sandbox's own payment \(reference) is malformed.")
            }
            _ = try PaymentStore.store(
                Payment(
                    side: side, reference: reference, transactionID: "",
                    amount: Money(minor: amount, currency: "XAF"), method: "mobile_money",
                    status: .completed, paidAt: paidAt),
                facilityID: facilityID, clientID: "system", uploadID: "sandbox", at: now, in: tx)
        }
    }
}
