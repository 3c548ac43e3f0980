import JSON
import Registry
import Values

/// Prescriptions (contract, FHIR § 3, read backwards).
enum MedicationRequestWriting {
    static func draft(_ resource: SentResource, of facilityID: String) throws -> RecordDraft.Read {
        var body = RecordBody(resource)
        body.status(["active", "on-hold", "cancelled", "completed", "stopped"])
        if resource["intent"]?.string != "order" {
            body.refuse("intent", "must be order: proposals and plans are not kept")
        }
        if resource["doNotPerform"]?.bool == true {
            body.refuse("doNotPerform", "forbids what a prescription asks for, and is not kept")
        }
        body.number("external_prescription_id", "prescription", of: facilityID)
        body.time([("authoredOn", resource["authoredOn"])])
        let medication = resource["medicationCodeableConcept"] ?? contained(in: resource)?["code"]
        let reference = resource["medicationReference"]
        let element = reference == nil ? "medicationCodeableConcept" : "medicationReference"
        body.text(
            "medication_name", medication?.conceptText ?? reference?["display"]?.string,
            at: element)
        let codings = medication?.codings ?? []
        let coding =
            codings.first { $0.system == FHIRSystem.atc && $0.code != nil }
            ?? codings.first { $0.code != nil }
        body.text("medication_code", coding?.code, at: element)
        readDosage(&body)
        body.text(
            "quantity", resource["dispenseRequest"]?["quantity"]?.quantityText,
            at: "dispenseRequest.quantity")
        return try body.draft(.prescription)
    }

    /// The Medication that is named, where it lies within; of others its display is all that is known.
    private static func contained(in resource: SentResource) -> JSONValue? {
        guard let name = resource["medicationReference"]?["reference"]?.string else { return nil }
        return resource["contained"]?.elements.first { medication in
            medication["resourceType"]?.string == "Medication"
                && medication["id"]?.string.map { "#" + $0 } == name
        }
    }

    private static func readDosage(_ body: inout RecordBody) {
        let dosage = body.resource["dosageInstruction"]?.first
        let text = dosage?["text"]?.string
        body.text("dose", text ?? dosage.flatMap(dose(of:)), at: "dosageInstruction[0]")
        // The text says it too.
        let timing = text == nil ? dosage?["timing"]?["code"]?.conceptText : nil
        body.text("frequency", timing, at: "dosageInstruction[0].timing")
        body.text("route", dosage?["route"]?.conceptText, at: "dosageInstruction[0].route")
        body.text(
            "instructions", dosage?["patientInstruction"]?.string,
            at: "dosageInstruction[0].patientInstruction")
    }

    private static func dose(of dosage: JSONValue) -> String? {
        guard let quantity = dosage["doseAndRate"]?.first?["doseQuantity"],
            let amount = quantity.quantityText
        else { return nil }
        return quantity.quantityUnit.map { "\(amount) \($0)" } ?? amount
    }
}
