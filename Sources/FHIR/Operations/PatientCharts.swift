import API
import Database
import Identity
import Registry
import Values

/// One patient's charts, one for each type of clinical resource that an operation spans (contract, FHIR
/// § 2, § 4).
struct PatientCharts: Sendable {
    let patient: Patient
    /// The patient, then whoever was merged into them.
    let people: [Int64]
    /// Those of which anything is open.
    let open: [(type: FHIRResourceType, chart: Chart)]
    /// What scope and consent do not open.
    let withheld: Set<RecordType>
    private let asked: Set<RecordType>

    init(
        of patient: Patient, _ kinds: [ClinicalResource], _ context: Context,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        self.patient = patient
        people = try entry.addMerged(of: patient.id, in: tx)
        var open: [(FHIRResourceType, Chart)] = []
        var withheld: Set<RecordType> = []
        for kind in kinds {
            let types = Set(kind.records)
            let chart = try Chart(
                of: patient, [], besides: types.union(kind.besides),
                for: kind.type, context, auditing: &entry, in: tx)
            withheld.formUnion(types.subtracting(chart.opened))
            if !types.isDisjoint(with: chart.opened) { open.append((kind.type, chart)) }
        }
        self.open = open
        self.withheld = withheld
        asked = Set(kinds.flatMap(\.records))
    }

    /// - Throws: `Refusal` 403 where clinical records were asked for and none is open.
    func requireAny(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws {
        guard !asked.isEmpty, open.isEmpty else { return }
        _ = try Chart(of: patient, asked, for: .patient, context, auditing: &entry, in: tx)
        throw Chart.forbidden(.patient)
    }

    /// Of each type of record that is open, as which of the types of resources it is shown.
    func open(
        _ kinds: some Sequence<(offset: Int, element: ClinicalResource)>
    ) -> [RecordType: [Int]] {
        var open: [RecordType: [Int]] = [:]
        for (index, kind) in kinds {
            for type in kind.records where chart(kind.type)?.opened.contains(type) == true {
                open[type, default: []].append(index)
            }
        }
        return open
    }

    /// - Returns: `nil` where none of it is open.
    func chart(_ type: FHIRResourceType) -> Chart? {
        open.first { $0.type == type }?.chart
    }
}
