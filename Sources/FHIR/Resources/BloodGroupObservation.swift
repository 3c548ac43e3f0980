import Database
import Identity
import JSON
import Registry
import Values

/// A blood group as it was told, with the person and not with any record (contract, FHIR § 3).
struct BloodGroupObservation: Sendable {
    private let healthID: String
    private let group: BloodGroup
    let changedAt: Timestamp

    static let code = "882-1"
    private static let prefix = "abo-"

    /// `nil` where nobody told one.
    init?(of chart: Chart, in tx: borrowing Transaction) throws {
        // Most have none, and the details take several looks.
        guard try PatientStore.merged(chart.patient, of: chart.people, in: tx).bloodType != nil
        else { return nil }
        try self.init(
            of: PatientDetails(chart.patient, of: chart.people, owner: "", in: tx))
    }

    init?(of details: PatientDetails) {
        guard let group = details.patient.bloodType.flatMap(BloodGroup.init(rawValue:)) else {
            return nil
        }
        self.group = group
        healthID = details.patient.healthID
        changedAt = details.updatedAt
    }

    var name: String { group.rawValue }
    var id: String { BloodGroupObservation.prefix + healthID }
    var version: String { String(changedAt.milliseconds) }
    /// As ids are compared.
    var ownID: String { id.replacing("-", with: "_") }

    /// Whose blood group an id names, in the spelling of our ids.
    static func healthID(in ownID: String) -> String? {
        ownID.hasPrefix("abo_") ? String(ownID.dropFirst(4)).replacing("_", with: "-") : nil
    }

    /// Whether such codes name nothing else.
    static func isOnly(_ codes: [SearchCondition]) -> Bool {
        !codes.isEmpty
            && codes.allSatisfy { condition in
                if case .token(_, let asked?) = condition { asked == code } else { false }
            }
    }

    func fits(_ filter: Filter<ClinicalRecord>) -> Bool {
        let value: SearchValue
        switch filter.parameter.name {
        case "code": value = .token(system: FHIRSystem.loinc, code: BloodGroupObservation.code)
        case "category":
            value = .token(
                system: ObservationResource.categorySystem,
                code: ObservationResource.category(of: .labResult))
        default: return false
        }
        return filter.alternatives.contains { $0.fits(value) }
    }

    var json: [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            json.member("resourceType", "Observation")
            json.member("id", id)
            json.meta(version: version, updated: changedAt)
            // Nobody says who determined it, or when.
            json.member("status", "unknown")
            json.concepts(
                "category",
                [
                    (
                        ObservationResource.categorySystem,
                        ObservationResource.category(of: .labResult)
                    )
                ])
            json.concept(
                "code", [(FHIRSystem.loinc, BloodGroupObservation.code)],
                text: "ABO and Rh group, as told")
            json.reference("subject", .patient, healthID)
            json.concept(
                "valueCodeableConcept", [(FHIRSystem.snomed, snomed)], text: group.rawValue)
        }
        return json.finish()
    }

    private var snomed: String {
        switch group {
        case .oPositive: "278147001"
        case .oNegative: "278148006"
        case .aPositive: "278149003"
        case .aNegative: "278152006"
        case .bPositive: "278150003"
        case .bNegative: "278153001"
        case .abPositive: "278151004"
        case .abNegative: "278154007"
        }
    }
}
