import Registry
import JSON
import Values

/// Prescriptions; never warnings about medicines (contract, FHIR § 3).
enum MedicationRequestResource {
    static let kind = ClinicalResource(
        type: .medicationRequest, records: [.prescription],
        parameters: [
            SearchParameter("status", .token) { record in
                [.token(system: statusSystem, code: status(of: record))]
            },
            SearchParameter("code", .token) { record in
                record["medication_code"].map { [.token(system: system(of: $0), code: $0)] } ?? []
            },
            SearchParameter("authoredon", .date, needsContent: false) {
                SearchValue.moment($0.line.occurredAt)
            },
        ],
        showsAll: false, shows: { $0["alert_type"] == nil && $0.standing != .alert },
        write: write)

    private static let statusSystem = "http://hl7.org/fhir/CodeSystem/medicationrequest-status"

    @Sendable private static func write(_ record: ClinicalRecord, to json: inout JSONWriter) {
        record.writeHead(.medicationRequest, numbers: "prescription", to: &json)
        json.member("status", status(of: record))
        json.member("intent", "order")
        let codings =
            record["medication_code"].map { [(system: Optional(system(of: $0)), code: $0)] } ?? []
        json.concept("medicationCodeableConcept", codings, text: record["medication_name"])
        record.writeSubject(to: &json)
        record.writeEncounter(to: &json)
        json.instant("authoredOn", record.line.occurredAt)
        json.memberArrayUnlessEmpty("dosageInstruction") { json in
            json.elementUnlessEmpty { json in
                let parts = [record["dose"], record["frequency"], record["duration"]]
                json.string("text", parts.compactMap(\.self).joined(separator: ", "))
                json.string("patientInstruction", record["instructions"])
                json.concept("route", text: record["route"])
            }
        }
        if let quantity = record["quantity"].flatMap(Measurement.init), quantity.comparator == nil {
            json.member("dispenseRequest") { json in
                json.member("quantity") { json in quantity.write(unit: nil, to: &json) }
            }
        }
    }

    private static func status(of record: ClinicalRecord) -> String {
        switch record.standing {
        case .cancelled: "cancelled"
        case .completed, .dispensed, .expired: "completed"
        case .stopped: record["status"].flatMap { onHold[$0] } ?? "stopped"
        case .enteredInError: "entered-in-error"
        case .alert, nil: record["status"].flatMap { onHold[$0] } ?? "active"
        }
    }

    private static let onHold = WordList<String>([
        (
            "on-hold",
            "on hold,onhold,hold,held,paused,suspended,suspendu,suspendue,en attente,en pause,معلق"
        )
    ])

    private static func system(of code: String) -> String {
        isATC(code) ? FHIRSystem.atc : FHIRSystem.drugCode
    }

    /// A substance of WHO's classification: a letter, two digits, two letters, two digits.
    private static func isATC(_ code: String) -> Bool {
        let bytes = Array(code.utf8.prefix(8))
        func isLetter(_ index: Int) -> Bool { (65...90).contains(bytes[index]) }
        func isDigit(_ index: Int) -> Bool { (48...57).contains(bytes[index]) }
        return bytes.count == 7 && isLetter(0) && isDigit(1) && isDigit(2) && isLetter(3)
            && isLetter(4) && isDigit(5) && isDigit(6)
    }
}
