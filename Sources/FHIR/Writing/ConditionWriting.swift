import JSON
import Registry
import Values

/// Diagnoses (contract, FHIR § 3, read backwards).
enum ConditionWriting {
    static func draft(_ resource: SentResource, of facilityID: String) throws -> RecordDraft.Read {
        var body = RecordBody(resource)
        body.number("external_id", "diagnosis", of: facilityID)
        let asserted = resource["extension"]?.elements.first {
            $0["url"]?.string == ConditionResource.assertedDate
        }
        body.time([
            ("extension", asserted?["valueDateTime"]), ("recordedDate", resource["recordedDate"]),
        ])
        readCode(&body)
        readStatus(&body)
        return try body.draft(.diagnosis)
    }

    private static func readCode(_ body: inout RecordBody) {
        let code = body.resource["code"]
        let coding = code?.codings.first { $0.code != nil }
        body.text("system", coding?.system, at: "code")
        body.text("code", coding?.code, at: "code")
        body.text("display", code?["text"]?.string ?? coding?.display, at: "code")
    }

    private static func readStatus(_ body: inout RecordBody) {
        let clinical = code(of: "clinicalStatus", &body)
        let verification = code(of: "verificationStatus", &body)
        if verification == "entered-in-error" {
            if clinical != nil {
                body.refuse("clinicalStatus", "must not stand beside entered-in-error")
            }
            return body.text("status", verification, at: "verificationStatus")
        }
        let certain: Set<String> = ["unconfirmed", "provisional", "differential", "confirmed"]
        if let verification, !certain.contains(verification) {
            body.refuse(
                "verificationStatus", "says that there is none, which is not kept: leave it out")
        }
        let isOver = clinical.map { ["inactive", "remission", "resolved"].contains($0) } ?? false
        let known = isOver || ["active", "recurrence", "relapse", nil].contains(clinical)
        if !known { body.refuse("clinicalStatus", "must be a code of condition-clinical") }
        let abates = body.resource.json.members.contains { $0.key.hasPrefix("abatement") }
        if abates && !isOver {
            body.refuse("clinicalStatus", "must be inactive, remission or resolved: it has abated")
        }
        body.text("status", clinical, at: "clinicalStatus")
    }

    private static func code(of element: String, _ body: inout RecordBody) -> String? {
        guard let concept = body.resource[element] else { return nil }
        let code = concept.codings.first?.code
        if code == nil { body.refuse(element, "must have a code") }
        return code
    }
}
