import JSON
import Values

/// The elements (FHIR R4) that a sent resource may have, each with what it holds: those that are read, and
/// those that are kept as they are. What would turn its meaning round is among neither.
enum SentElements {
    private enum Shape {
        case text, flag, number, object, objects, texts
    }

    /// Of every resource; what they say is of the sender's copy, and not kept.
    private static let common = "id implicitRules language meta% text% extension*"
    /// Of every resource, and never shown again.
    static let unkept: Set<String> = [
        "resourceType", "id", "language", "meta", "text",
    ]

    /// - Returns: why a member is not taken.
    static func fault(
        _ name: String, _ value: JSONValue, of type: FHIRResourceType
    ) -> String? {
        if name == "resourceType" { return nil }
        guard name != "implicitRules" else {
            return "may change what is meant, so it is not taken"
        }
        let shapes = shapes[type] ?? [:]
        if name.utf8.first == UInt8(ascii: "_") {
            return shapes[String(name.dropFirst())] != nil && value.kind == .object
                ? nil : "is not taken"
        }
        guard let shape = shapes[name] else { return "is not taken" }
        return fits(value, shape) ? nil : "has another form in FHIR R4"
    }

    private static func fits(_ value: JSONValue, _ shape: Shape) -> Bool {
        switch shape {
        case .text: value.kind == .string
        case .flag: value.kind == .bool
        case .number: value.kind == .number
        case .object: value.kind == .object
        case .objects: value.kind == .array && value.elements.allSatisfy { $0.kind == .object }
        case .texts: value.kind == .array && value.elements.allSatisfy { $0.kind == .string }
        }
    }

    /// `*` marks lists of objects, `%` objects, `?` yes or no, `#` numbers, `+` lists of texts.
    private static let shapes: [FHIRResourceType: [String: Shape]] = lists.mapValues { list in
        var shapes: [String: Shape] = [:]
        for word in (common + " " + list).split(separator: " ") {
            let shape: Shape =
                switch word.last {
                case "*": .objects
                case "%": .object
                case "?": .flag
                case "#": .number
                case "+": .texts
                default: .text
                }
            shapes[shape == .text ? String(word) : String(word.dropLast())] = shape
        }
        return shapes
    }

    private static let lists: [FHIRResourceType: String] = [
        .patient:
            """
        identifier* active? name* telecom* gender birthDate address* maritalStatus% \
        multipleBirthBoolean? multipleBirthInteger# photo* contact* communication* \
        generalPractitioner* managingOrganization% deceasedBoolean? deceasedDateTime
        """,
        .encounter:
            """
        identifier* status statusHistory* class% classHistory* type* serviceType% priority% subject% \
        episodeOfCare* basedOn* participant* appointment* period% length% reasonCode* \
        reasonReference* diagnosis* account* hospitalization% location* serviceProvider% partOf%
        """,
        .condition:
            """
        identifier* clinicalStatus% verificationStatus% category* severity% code% bodySite* subject% \
        encounter% onsetDateTime onsetAge% onsetPeriod% onsetRange% onsetString abatementDateTime \
        abatementAge% abatementPeriod% abatementRange% abatementString recordedDate recorder% \
        asserter% stage* evidence* note*
        """,
        .observation:
            """
        identifier* basedOn* partOf* status category* code% subject% encounter% effectiveDateTime \
        effectivePeriod% effectiveInstant issued performer* valueQuantity% valueCodeableConcept% \
        valueString valueBoolean? valueInteger# valueRange% valueRatio% valueTime valueDateTime \
        valuePeriod% interpretation* note* bodySite% method% specimen% device% referenceRange* \
        hasMember* derivedFrom* component*
        """,
        .diagnosticReport:
            """
        identifier* basedOn* status category* code% subject% encounter% effectiveDateTime \
        effectivePeriod% issued performer* resultsInterpreter* specimen* result* imagingStudy* \
        media* conclusion conclusionCode* presentedForm*
        """,
        .medicationRequest:
            """
        identifier* status statusReason% intent category* priority doNotPerform? reportedBoolean? \
        reportedReference% medicationCodeableConcept% subject% encounter% \
        supportingInformation* authoredOn requester% performer% performerType% recorder% \
        reasonCode* reasonReference* instantiatesCanonical+ instantiatesUri+ basedOn* \
        groupIdentifier% courseOfTherapyType% insurance* note* dosageInstruction* dispenseRequest% \
        substitution% priorPrescription% detectedIssue* eventHistory*
        """,
        .allergyIntolerance:
            """
        identifier* clinicalStatus% verificationStatus% type category+ criticality code% patient% \
        encounter% onsetDateTime onsetAge% onsetPeriod% onsetRange% onsetString recordedDate \
        recorder% asserter% lastOccurrence note* reaction*
        """,
    ]
}
