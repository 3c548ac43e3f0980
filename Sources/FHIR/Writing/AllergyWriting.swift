import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// An allergy sent as a resource: its words are kept with the person, as those that resolve is told are.
struct AllergyWriting: Sendable {
    private let words: String
    private let subject: String
    /// What was sent and has no place with a person.
    private let unkept: [String]
    /// It is taken back: nobody should claim to know it.
    private let isMistake: Bool

    /// To read is not enough: it is told of whoever the Health ID names.
    static let scopes: Scope = .healthIDVerify

    init(_ resource: SentResource, _ context: Context) throws {
        try context.requireWriting(.allergyIntolerance, or: AllergyWriting.scopes)
        var complaints = Complaints()
        let status = resource["verificationStatus"]?.codings.first?.code
        isMistake = status == "entered-in-error"
        if !isMistake { AllergyWriting.check(resource, &complaints) }
        let words = resource["code"]?.conceptText
        let subject = resource["patient"]?["reference"]?.string
        if words == nil { complaints.add("is required", at: resource.path("code")) }
        if subject == nil { complaints.add("is required", at: resource.path("patient.reference")) }
        guard complaints.isEmpty, let words, let subject else {
            throw Refusal(invalid: complaints)
        }
        self.words = words
        self.subject = subject
        let kept: Set<String> = ["clinicalStatus", "verificationStatus", "code", "patient"]
        unkept = resource.json.members.map(\.key).filter {
            !kept.contains($0) && !SentResource.unkept.contains($0)
        }
    }

    /// Words alone are kept: they would tell of an allergy that is over or was ruled out.
    private static func check(_ resource: SentResource, _ complaints: inout Complaints) {
        if let clinical = resource["clinicalStatus"], clinical.codings.first?.code != "active" {
            complaints.add(
                "must be active: allergies that are over are not kept",
                at: resource.path("clinicalStatus"))
        }
        let sure = ["unconfirmed", "confirmed", "presumed"]
        if let verification = resource["verificationStatus"],
            !sure.contains(verification.codings.first?.code ?? "")
        {
            complaints.add(
                "must be \(sure.joined(separator: ", ")): what was ruled out is not kept",
                at: resource.path("verificationStatus"))
        }
        let none = ["716186003", "409137002", "428607008", "429625007", "1003774007"]
        if resource["code"]?.codings.contains(where: { none.contains($0.code ?? "") }) == true {
            complaints.add(
                "says that there is none, which is not kept", at: resource.path("code"))
        }
    }

    static func create(
        _ request: FHIRRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let content = try SentResource.content(of: request)
        guard request.http.field("If-None-Exist") == nil else { throw RecordWriting.unconditional }
        let writing = try AllergyWriting(SentResource(content, .allergyIntolerance), context)
        let kept = try await context.write(auditing: .create, .changesLast) { tx, entry in
            try writing.store(context, auditing: &entry, in: tx).kept(below: request)
        }
        return try request.answered(kept)
    }

    func store(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WrittenResource {
        if isMistake { return try withdraw(context, auditing: &entry, in: tx) }
        let found = try PatientStore.patient(named: subject, auditing: &entry, in: tx)
        let isNew: Bool
        do {
            isNew = try PatientStore.addAllergy(words, to: found, from: context.origin, in: tx)
        } catch let refusal as Refusal where !refusal.fieldErrors.isEmpty {
            throw Refusal.validation(
                "AllergyIntolerance.code",
                refusal.fieldErrors.first?.messages.first ?? refusal.message)
        }
        let patient = try PatientStore.find(id: found.patient.id, in: tx) ?? found.patient
        let people = try entry.addMerged(of: patient.id, in: tx)
        let details = try PatientDetails(
            patient, of: people, owner: context.client.referenceOwner, in: tx)
        let allergy = AllergyIntoleranceResource(words, of: details)
        return WrittenResource(
            type: .allergyIntolerance, id: allergy.id, version: allergy.version.id,
            time: allergy.version.time, status: isNew ? .created : .ok, resource: allergy.json,
            issues: issues)
    }

    /// A correction like others, by whom corrections are allowed; it can be undone.
    private func withdraw(
        _ context: Context, auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> WrittenResource {
        // Who may tell of an allergy by a Health ID alone may not take one back.
        try context.requireWriting(.allergyIntolerance, or: .patientWrite)
        let (patient, people) = try PatientCorrections.subject(
            ResourceID.id(in: subject, of: .patient), for: context.client, at: context.now,
            auditing: &entry, in: tx)
        let details = try PatientDetails(
            patient, of: people, owner: context.client.referenceOwner, in: tx)
        var named = AllergyIntoleranceResource(words, of: details)
        let others = try AllergyIntoleranceResource.all(of: details).filter { $0.id != named.id }
        let corrected = try PatientCorrections.correct(
            patient, people,
            PatientChange(allergies: others.map(\.words), reason: "entered in error"), .correction,
            by: context.client.auditName, from: context.origin, in: tx)
        guard corrected != nil else {
            throw Refusal.validation(
                "AllergyIntolerance.code", "is no allergy that is known of this patient")
        }
        named.isMistake = true
        return WrittenResource(
            type: .allergyIntolerance, id: named.id, version: named.version.id,
            time: named.version.time, status: .ok, resource: named.json)
    }

    private var issues: [OperationOutcome.Issue] {
        guard !unkept.isEmpty else { return [] }
        return [
            OperationOutcome.Issue(
                severity: .warning, code: "not-supported",
                text: "Not kept of an allergy: \(unkept.joined(separator: ", ")).")
        ]
    }
}
