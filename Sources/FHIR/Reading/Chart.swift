import API
import Database
import Identity
import JSON
import Registry
import Values

/// One patient's records, as far as the caller may read them now: every way to a record leads through
/// here. It is shared, since each record that is shown is made with it.
final class Chart: Sendable {
    let patient: Patient
    /// A Reference to them.
    let subject: [UInt8]
    /// The patient, then whoever was merged into them.
    let people: [Int64]
    /// What scope and consent open, of what was asked.
    let opened: Set<RecordType>
    let opensDiagnoses: Bool
    /// What they do not.
    let withheld: Set<RecordType>
    /// Whether the caller may read the blood group, which needs no consent.
    let showsBloodGroup: Bool

    var healthID: String { patient.healthID }

    /// - Parameters:
    ///   - types: what the request spans.
    ///   - besides: what is shown along with it where it is open, and is missing in silence where not.
    /// - Throws: `Refusal` 403 where nothing of it is open.
    init(
        of patient: Patient, _ types: Set<RecordType>, besides: Set<RecordType> = [],
        for type: FHIRResourceType, _ context: Context, auditing entry: inout AuditEntry,
        in tx: borrowing Transaction
    ) throws {
        self.patient = patient
        subject = JSONWriter.reference(.patient, patient.healthID)
        let permitted = Chart.permitted(to: context.client, for: type)
        showsBloodGroup = context.client.mayRead(.observation)
        let client = context.client.clientID
        opened = try ConsentStore.opened(
            types.union(besides).intersection(permitted), of: patient.id, by: client,
            at: context.now, auditing: &entry, in: tx)
        opensDiagnoses = opened.contains(.diagnosis)
        withheld = types.subtracting(opened)
        if withheld.count == types.count, !types.isEmpty {
            let asked = types.intersection(permitted)
            guard !asked.isEmpty else { throw Chart.forbidden(type) }
            try ConsentStore.require(
                asked, of: patient.id, by: client, at: context.now, auditing: &entry, in: tx)
        }
        people = try entry.addMerged(of: patient.id, in: tx)
    }

    static func forbidden(_ type: FHIRResourceType) -> Refusal {
        Refusal(
            .invalidScope,
            "These resources need another scope: lab:results:read opens the laboratory's "
                + "\(type.rawValue)s only.")
    }

    /// What a caller's scopes let it read as resources of a type, given consent.
    static func permitted(
        to client: Principal, for type: FHIRResourceType
    ) -> Set<RecordType> {
        let smart = client.smartScopes
        if smart.allows(type, .read) || smart.allows(type, .search) {
            return Set(RecordType.allCases)
        }
        if client.scopes.isDisjoint(with: [.patientRead, .diagnosticsRead]) {
            return client.scopes.contains(.labsRead) ? [.labResult] : []
        }
        return Set(RecordType.allCases)
    }

    var warnings: [OperationOutcome.Issue] { Chart.warnings(of: withheld) }

    static func warnings(of withheld: Set<RecordType>) -> [OperationOutcome.Issue] {
        guard !withheld.isEmpty else { return [] }
        let names = RecordType.allCases.filter(withheld.contains).map(\.plural)
        return [
            OperationOutcome.Issue(
                severity: .warning, code: "suppressed",
                text:
                    "Not shown, for the patient's consent or this client's scopes do not cover it: "
                    + names.joined(separator: ", ") + ".")
        ]
    }
}

extension Principal {
    /// Whether a token opens what needs no consent of a type: patients, allergies, the blood group.
    func mayRead(_ type: FHIRResourceType) -> Bool {
        scopes.contains(.patientRead) || smartScopes.allows(type, .read)
            || smartScopes.allows(type, .search)
    }
}

extension PatientStore {
    /// The patient whom a resource's id or a search's `patient` names, in whatever spelling.
    static func patient(
        named reference: String, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> Found {
        try named(ResourceID.id(in: reference, of: .patient), auditing: &entry, in: tx)
    }
}
