import API
import Database
import HTTP
import Identity
import JSON
import Registry
import Values

/// An allergy sent as a resource: its words are kept with the person, as those that resolve is told are, and
/// the resource beside them.
struct AllergyWriting: Sendable {
    private let words: String
    private let subject: String
    private let resource: SentResource
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
        AllergyWriting.checkPlace(of: resource, &complaints)
        let words = resource["code"]?.conceptText
        let subject = resource["patient"]?["reference"]?.string
        if words == nil { complaints.add("is required", at: resource.path("code")) }
        if subject == nil { complaints.add("is required", at: resource.path("patient.reference")) }
        guard complaints.isEmpty, let words, let subject else {
            throw Refusal(invalid: complaints)
        }
        self.words = words
        self.subject = subject
        self.resource = resource
    }

    /// Of one allergy several senders tell, and whoever reads the patient reads it.
    private static func checkPlace(
        of resource: SentResource, _ complaints: inout Complaints
    ) {
        if resource["encounter"] != nil {
            complaints.add(
                "is not kept: visits need a consent that allergies do not",
                at: resource.path("encounter"))
        }
        if resource["contained"] != nil {
            complaints.add("is not kept of an allergy", at: resource.path("contained"))
        }
        if resource.json.raw.count > maximumBytes {
            complaints.add(
                "may have at most \(maximumBytes / 1024) KiB", at: resource.type.rawValue)
        }
    }

    private static let maximumBytes = 16 * 1024

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
        try SentNames(in: resource).require(of: found.patient.id, context, in: tx)
        let isNew: Bool
        do {
            isNew = try PatientStore.addAllergy(words, to: found, from: context.origin, in: tx)
        } catch let refusal as Refusal where !refusal.fieldErrors.isEmpty {
            throw Refusal.validation(
                "AllergyIntolerance.code",
                refusal.fieldErrors.first?.messages.first ?? refusal.message)
        }
        let kept = try KeptResourceStore.keep(
            Array(resource.json.raw), under: EmergencyFacts.key(EmergencyFacts.words(words)),
            of: found.namedID, owner: context.client.referenceOwner, at: context.now, in: tx)
        let allergy = try shown(of: found, since: kept.since, context, auditing: &entry, in: tx)
        // To tell of an allergy is not to hear what others know.
        let isKnown = !isNew && context.client.mayRead(.allergyIntolerance)
        return WrittenResource(
            type: .allergyIntolerance, id: allergy.id, version: allergy.version.id,
            time: allergy.version.time, status: isKnown ? .ok : .created, resource: allergy.json)
    }

    /// As the sender may read it: alone, what it said itself.
    private func shown(
        of found: PatientStore.Found, since time: Timestamp, _ context: Context,
        auditing entry: inout AuditEntry, in tx: borrowing Transaction
    ) throws -> AllergyIntoleranceResource {
        let patient = try PatientStore.find(id: found.patient.id, in: tx) ?? found.patient
        let people = try entry.addMerged(of: patient.id, in: tx)
        guard context.client.mayRead(.allergyIntolerance) else {
            return AllergyIntoleranceResource(
                healthID: patient.healthID, words: EmergencyFacts.words(words), changedAt: time,
                kept: [resource.json])
        }
        let details = try PatientDetails(
            patient, of: people, owner: context.client.referenceOwner, in: tx)
        let named = AllergyIntoleranceResource(words, of: details)
        return try AllergyIntoleranceResource.all(of: details).first { $0.id == named.id } ?? named
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
}
