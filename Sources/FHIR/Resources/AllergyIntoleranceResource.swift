import Crypto
import Identity
import JSON
import Registry
import Values

/// Allergies as they were told, with the person and not with any record (contract, FHIR § 3).
struct AllergyIntoleranceResource: Sendable {
    private let healthID: String
    /// As they were told.
    let words: String
    private let changedAt: Timestamp
    /// What was sent of it as resources, as far as the reader may see it; the newest first.
    private let kept: [JSONValue]
    /// It was withdrawn just now; nobody is shown it again.
    var isMistake = false

    /// All that were told of a patient, of whoever was merged into them too.
    static func all(of details: PatientDetails) throws -> [AllergyIntoleranceResource] {
        try EmergencyFacts(details.patient).allergies.map { words in
            let key = EmergencyFacts.key(words)
            return AllergyIntoleranceResource(
                healthID: details.patient.healthID, words: words, changedAt: details.updatedAt,
                kept: try details.kept.filter { $0.key == key }.compactMap { resource in
                    let sent = try JSONDocument(resource.content, limits: .stored).root
                    return resource.owner == details.owner ? sent : sent.withoutClientsNumbers
                })
        }
    }

    /// One of a patient's, by its words.
    init(_ words: String, of details: PatientDetails) {
        self.init(
            healthID: details.patient.healthID, words: EmergencyFacts.words(words),
            changedAt: details.updatedAt)
    }

    init(healthID: String, words: String, changedAt: Timestamp, kept: [JSONValue] = []) {
        self.healthID = healthID
        self.words = words
        self.changedAt = changedAt
        self.kept = kept
    }

    static let prefix = "alg-"
    private static let terminology =
        "http://terminology.hl7.org/CodeSystem/allergyintolerance-"

    /// The same words are the same allergy, whatever stands beside them.
    var id: String {
        var hash = SHA256()
        hash.update(Array(words.foldedWord.utf8))
        let symbols = hash.finalize().bytes.prefix(8).map { Crockford.lowerCase[Int($0 & 31)] }
        return Self.prefix + healthID + "-" + String(decoding: symbols, as: UTF8.self)
    }

    /// Whose allergy an id names.
    static func healthID(in id: String) -> String? {
        let bytes = id.utf8
        guard id.hasPrefix(prefix), let dash = bytes.lastIndex(of: UInt8(ascii: "-")) else {
            return nil
        }
        return String(id[..<dash].dropFirst(prefix.utf8.count))
    }

    var version: (id: String, time: Timestamp) { (String(changedAt.milliseconds), changedAt) }

    /// With what each sender says of it.
    var json: [UInt8] {
        kept.reduce(stated) { json, sent in
            guard let ours = try? JSONDocument(json, limits: .stored).root else { return json }
            return Array(KeptElements.added(sent, to: ours))
        }
    }

    private var stated: [UInt8] {
        var json = JSONWriter(reserving: 512)
        json.object { json in
            json.member("resourceType", "AllergyIntolerance")
            json.member("id", id)
            json.meta(version: version.id, updated: changedAt)
            // Of a mistake there is no clinical status (invariant ait-2).
            if !isMistake {
                json.concept("clinicalStatus", [(Self.terminology + "clinical", "active")])
            }
            if !kept.contains(where: { $0["verificationStatus"] != nil }) {
                let status = isMistake ? "entered-in-error" : "unconfirmed"
                json.concept(
                    "verificationStatus", [(Self.terminology + "verification", status)])
            }
            json.concept("code", text: words)
            json.reference("patient", .patient, healthID)
        }
        return json.finish()
    }
}
