import API
import Database
import Identity
import JSON
import Registry
import Values

/// What a sent resource names at whatever depth: other resources, and numbers of whatever they belong to.
struct SentNames {
    struct Name {
        /// Where it stands, without places in lists.
        let path: String
        /// Of a reference, the type; of a number, its system.
        let kind: String
        /// Of a reference, the id.
        let value: String
    }

    private(set) var references: [Name] = []
    private(set) var numbers: [Name] = []

    init(in resource: SentResource) {
        for (name, value) in resource.json.members {
            collect(value, named: name, at: resource.path(name))
        }
    }

    /// Content is at most a record's, and its depth the reader's.
    private mutating func collect(_ value: JSONValue, named name: String, at path: String) {
        switch value.kind {
        case .array:
            for element in value.elements { collect(element, named: name, at: path) }
        case .object:
            if name == "identifier", let system = value["system"]?.string {
                numbers.append(
                    Name(path: path, kind: system, value: value["value"]?.string ?? ""))
            }
            for (inner, value) in value.members {
                collect(value, named: inner, at: path + "." + inner.prefix(64))
            }
        case .string where name == "reference": take(value.string ?? "", at: path)
        default: break
        }
    }

    /// The last two parts, whatever stands before them or names a version.
    private mutating func take(_ reference: String, at path: String) {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false)
        let end =
            parts.count > 3 && parts[parts.count - 2] == "_history" ? parts.count - 2 : parts.count
        guard end > 1 else { return }
        references.append(
            Name(path: path, kind: String(parts[end - 2]), value: String(parts[end - 1])))
    }
}

// MARK: Whose it is

extension SentNames {
    /// Whatever of ours a resource names is the same patient's, and its numbers are its sender's: a report
    /// must not lead to a stranger's results, nor a facility speak for another.
    func require(
        of patientID: Int64, _ context: Context, in tx: borrowing Transaction
    ) throws {
        for name in references where try !isOf(patientID, name, in: tx) {
            throw Refusal.validation(name.path, "names no \(name.kind.prefix(64)) of this patient")
        }
        for name in numbers where try !isOwn(name, patientID, context, in: tx) {
            throw Refusal.validation(name.path, "is somebody else's number")
        }
    }

    private func isOf(
        _ patientID: Int64, _ name: Name, in tx: borrowing Transaction
    ) throws -> Bool {
        guard let type = FHIRResourceType(rawValue: name.kind) else { return true }
        if type == .patient { return try isPatient(patientID, name.value, in: tx) }
        guard let kind = ClinicalResource.all.first(where: { $0.type == type }) else { return true }
        guard let id = ResourceID.own(name.value) else { return false }
        for type in kind.records {
            guard let found = try RecordStore.find(id, type, in: tx) else { continue }
            return try PatientStore.survivor(withID: found.patientID, in: tx)?.id == patientID
        }
        return false
    }

    private func isPatient(
        _ patientID: Int64, _ text: String, in tx: borrowing Transaction
    ) throws -> Bool {
        try PatientReference(text).flatMap { try PatientStore.find($0, in: tx) }?.patient.id
            == patientID
    }

    private func isOwn(
        _ name: Name, _ patientID: Int64, _ context: Context, in tx: borrowing Transaction
    ) throws -> Bool {
        let system = name.kind.utf8
        if system.elementsEqual(FHIRSystem.healthID.utf8) {
            return try isPatient(patientID, name.value, in: tx)
        }
        if system.starts(with: FHIRSystem.client("").utf8) {
            return system.elementsEqual(FHIRSystem.client(context.client.referenceOwner).utf8)
        }
        guard system.starts(with: FHIRSystem.ofFacilities.utf8) else { return true }
        return context.client.facilityID.map {
            system.starts(with: FHIRSystem.facility($0, "").utf8)
        } ?? false
    }
}
