import API
import Database
import Identity
import JSON
import Registry
import Values

/// What patients allow the calling client (contract, FHIR § 3).
enum ConsentResource {
    struct Grant: Sendable {
        let consent: Consent
        let healthID: String
        let clientID: String
        let state: Consent.State
    }

    static let kind = ListedResource<Grant>(
        type: .consent, scopes: [.patientRead, .diagnosticsRead, .labsRead, .consentsRead],
        parameters: [
            SearchParameter("status", .token) { grant in
                [
                    .token(
                        system: "http://hl7.org/fhir/consent-state-codes",
                        code: status(of: grant.state))
                ]
            }
        ],
        walked: SearchDeclaration.patient, required: ["patient", "subject"],
        id: { ResourceID.text($0.consent.id) }, changedAt: { _ in nil },
        walk: { query, context, entry, tx, body in
            guard let named = try query.patient() else { return }
            let patient = try PatientStore.patient(named: named, auditing: &entry, in: tx).patient
            for (consent, _) in try ConsentStore.all(
                clientID: context.client.clientID, patientID: patient.id, in: tx)
            {
                try body(grant(consent, patient, context))
            }
        },
        find: { id, context, entry, tx in
            let own = ResourceID.own(id)
            guard let own,
                let (consent, patientID) = try ConsentStore.all(
                    clientID: context.client.clientID, patientID: nil, id: own, in: tx
                ).first,
                let patient = try PatientStore.survivor(withID: patientID, in: tx)
            else { return nil }
            entry.show(patient)
            return grant(consent, patient, context)
        },
        write: write)

    private static func grant(
        _ consent: Consent, _ patient: Patient, _ context: Context
    ) -> Grant {
        Grant(
            consent: consent, healthID: patient.healthID, clientID: context.client.clientID,
            state: consent.state(at: context.now))
    }

    private static func status(of state: Consent.State) -> String {
        switch state {
        case .pending: "proposed"
        case .active: "active"
        case .denied: "rejected"
        case .revoked, .expired, .none: "inactive"
        }
    }

    @Sendable private static func write(
        _ grant: Grant, _ request: FHIRRequest, to json: inout JSONWriter
    ) {
        let consent = grant.consent
        json.member("status", status(of: grant.state))
        json.concept(
            "scope",
            [("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy")])
        json.concepts("category", [(FHIRSystem.loinc, "59284-0")])
        json.reference("patient", .patient, grant.healthID)
        json.instant("dateTime", consent.grantedAt)
        json.concept(
            "policyRule", [("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN")])
        json.member("provision") { json in
            json.member("type", "permit")
            json.member("period") { json in
                if let start = consent.grantedAt, start <= consent.expiresAt {
                    json.instant("start", start)
                }
                json.instant("end", consent.expiresAt)
            }
            json.memberArray("actor") { json in
                json.element { json in
                    json.concept(
                        "role",
                        [("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP")])
                    json.member("reference") { json in
                        json.member("identifier") { json in
                            json.member("system", FHIRSystem.base + "/client")
                            json.member("value", grant.clientID)
                        }
                        json.member("display", grant.clientID)
                    }
                }
            }
            json.memberArray("purpose") { json in
                json.coding(
                    "http://terminology.hl7.org/CodeSystem/v3-ActReason",
                    consent.basis == .emergency ? "ETREAT" : "TREAT")
            }
            json.memberArrayUnlessEmpty("class") { json in
                for type in RecordType.allCases where consent.coverage.covers(type) {
                    for resource in ClinicalResource.all where resource.records.contains(type) {
                        json.coding("http://hl7.org/fhir/resource-types", resource.type.rawValue)
                    }
                }
            }
        }
    }
}
