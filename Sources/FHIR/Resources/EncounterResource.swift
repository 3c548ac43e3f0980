import Registry
import JSON
import Values

/// Visits (contract, FHIR § 3).
enum EncounterResource {
    static let kind = ClinicalResource(
        type: .encounter, records: [.encounter],
        parameters: [
            SearchParameter("date", .date, "Encounter.period") { record in
                guard let start = record.line.occurredAt else { return [] }
                return [.time(start, until: end(of: record).map { $0.adding(seconds: 1) })]
            }
        ],
        write: write)

    @Sendable private static func write(_ record: ClinicalRecord, to json: inout JSONWriter) {
        record.writeHead(.encounter, numbers: "encounter", to: &json)
        json.narrative([("Notes", record["notes"]), ("Severity", record["severity"])])
        json.member("status", status(of: record))
        let (system, code) =
            classes[record["encounter_type"] ?? ""].map { (FHIRSystem.actCode, $0) }
            ?? (FHIRSystem.nullFlavor, "UNK")
        json.member("class") { json in
            json.member("system", system)
            json.member("code", code)
        }
        json.concepts("type", text: record["encounter_type"])
        record.writeSubject(to: &json)
        json.memberUnlessEmpty("period") { json in
            json.instant("start", record.line.occurredAt)
            json.instant("end", end(of: record))
        }
        json.concepts("reasonCode", text: record["chief_complaint"])
        json.memberArrayUnlessEmpty("diagnosis") { json in
            for id in record.diagnosisIDs {
                json.element { json in json.reference("condition", .condition, ResourceID.text(id))
                }
            }
        }
        json.reference("serviceProvider", .organization, record.line.facilityID)
    }

    /// What was told of it, and is not before its start (invariant per-1).
    private static func end(of record: ClinicalRecord) -> Timestamp? {
        guard let end = record["ended_at"].flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
        if let start = record.line.occurredAt, end < start { return nil }
        return end
    }

    private static func status(of record: ClinicalRecord) -> String {
        switch record.standing {
        case .completed: "finished"
        case .cancelled: "cancelled"
        case .enteredInError: "entered-in-error"
        default: record["status"].flatMap { statuses[$0] } ?? "unknown"
        }
    }

    private static let statuses = WordList<String>([
        ("arrived", "arrived"), ("triaged", "triaged"), ("onleave", "onleave"),
        (
            "planned",
            "planned,scheduled,booked,prévu,prévue,planifié,planifiée,programmé,programmée,مجدول,مجدولة"
        ),
        (
            "in-progress",
            "in progress,inprogress,active,open,opened,ongoing,started,admitted,current,en cours,actif,"
                + "active,ouvert,ouverte,admis,admise,hospitalisé,hospitalisée,جارية,جاري,مفتوح,مفتوحة,نشط"
        ),
    ])

    /// Of v3-ActCode.
    private static let classes = WordList<String>([
        (
            "AMB",
            "AMB,ambulatory,outpatient,out patient,opd,consultation,clinic,clinic visit,visit,office visit,"
                + "follow up,followup,checkup,check up,walk in,day clinic,ambulatoire,externe,"
                + "consultation externe,consultation ambulatoire,suivi,contrôle,visite,عيادة,عيادة خارجية,"
                + "خارجي"
        ),
        (
            "IMP",
            "IMP,inpatient,in patient,ipd,admission,admitted,hospitalization,hospitalisation,ward,"
                + "hospitalisé,hospitalisée,interne,séjour,تنويم,داخلي,إقامة"
        ),
        (
            "EMER",
            "EMER,emergency,emergency room,emergency department,er,ed,a&e,casualty,accident and emergency,"
                + "urgence,urgences,service des urgences,طوارئ,إسعاف"
        ),
        (
            "HH",
            "HH,home,home visit,home health,home care,domiciliary,domicile,visite à domicile,à domicile,"
                + "soins à domicile,زيارة منزلية,منزلي"
        ),
        (
            "VR",
            "VR,virtual,virtual visit,telehealth,telemedicine,teleconsultation,tele consultation,video,"
                + "video call,phone,phone call,telephone,remote,téléconsultation,télémédecine,téléphone,"
                + "à distance,عن بعد"
        ),
    ])
}
