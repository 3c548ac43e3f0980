import Registry
import Foundation
import JSON
import Values

/// Diagnoses (contract, FHIR § 3).
enum ConditionResource {
    static let kind = ClinicalResource(
        type: .condition, records: [.diagnosis],
        parameters: [
            .encounter,
            SearchParameter("code", .token) { record in
                record["code"].map { [.token(system: system(of: record), code: $0)] } ?? []
            },
            clinicalStatus,
        ],
        write: write)

    static let clinicalStatus = SearchParameter<ClinicalRecord>(
        "clinical-status", .token,
        "active also finds those without a status: nobody called them over."
    ) { record in
        [.token(system: clinicalSystem, code: clinicalStatus(of: record) ?? "active")]
    }

    static let assertedDate = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"
    private static let clinicalSystem = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    private static let verificationSystem =
        "http://terminology.hl7.org/CodeSystem/condition-ver-status"

    @Sendable private static func write(_ record: ClinicalRecord, to json: inout JSONWriter) {
        record.writeHead(.condition, numbers: "diagnosis", to: &json)
        if let occurred = record.line.occurredAt {
            json.memberArray("extension") { json in
                json.element { json in
                    json.member("url", assertedDate)
                    json.instant("valueDateTime", occurred)
                }
            }
        }
        // One or the other (invariant con-5).
        if record.isMistake {
            json.concept("verificationStatus", [(verificationSystem, "entered-in-error")])
        } else if let status = clinicalStatus(of: record) {
            json.concept("clinicalStatus", [(clinicalSystem, status)])
        }
        json.concepts(
            "category",
            [
                (
                    "http://terminology.hl7.org/CodeSystem/condition-category",
                    "encounter-diagnosis"
                )
            ])
        let codings = record["code"].map { [(system: system(of: record), code: $0)] } ?? []
        json.concept("code", codings, text: record["display"])
        record.writeSubject(to: &json)
        record.writeEncounter(to: &json)
        json.instant("recordedDate", record.line.receivedAt)
    }

    /// `nil` where nobody said, or in a word that is none of these.
    private static func clinicalStatus(of record: ClinicalRecord) -> String? {
        record["status"].flatMap { clinicalStatuses[$0] }
    }

    private static let clinicalStatuses = WordList<String>([
        (
            "active",
            "active,actif,en cours,ongoing,current,chronic,chronique,confirmed,confirmé,confirmée,نشط"
        ),
        ("recurrence", "recurrence,recurrent,récidive,récurrent,récurrente"),
        ("relapse", "relapse,relapsed,rechute"),
        ("inactive", "inactive,inactif"),
        ("remission", "remission,in remission,rémission,en rémission"),
        ("resolved", "resolved,cured,healed,completed,résolu,résolue,guéri,guérie,شفي,تم الشفاء"),
    ])

    /// The URI of the code's system, as far as somebody named it.
    private static func system(of record: ClinicalRecord) -> String? {
        guard let sent = record["system"] else { return nil }
        if let known = systems[sent] { return known }
        let isURI =
            sent.hasPrefix("http://") || sent.hasPrefix("https://") || sent.hasPrefix("urn:")
        return isURI && !sent.utf8.contains(where: { $0 <= 32 || $0 > 126 }) ? sent : nil
    }

    private static let systems = WordList<String>([
        ("http://hl7.org/fhir/sid/icd-10", "icd10,icd 10,cim10,cim 10,icd-10-who,icd 10 who"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "icd10cm,icd 10 cm"),
        ("http://id.who.int/icd/release/11/mms", "icd11,icd 11,cim11,cim 11,icd 11 mms"),
        (FHIRSystem.snomed, "snomed,snomed ct,snomedct,sct"),
        ("http://hl7.org/fhir/sid/icpc-2", "icpc2,icpc 2,cisp2,cisp 2"),
        ("http://hl7.org/fhir/sid/icd-9", "icd9,icd 9"),
    ])
}
