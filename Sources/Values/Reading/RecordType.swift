/// The kinds of clinical record, with the words of the documents for each.
package enum RecordType: String, Sendable, CaseIterable {
    case encounter
    case diagnosis
    case vital
    case labResult = "lab_result"
    case prescription

    /// Every row has its type's name; comparing short strings is quick, and choosing among them with `switch` calls
    /// a function.
    package init?(rawValue: String) {
        guard let type = RecordType.allCases.first(where: { $0.rawValue == rawValue }) else {
            return nil
        }
        self = type
    }

    /// As `?type=`, consents and answers name many of them.
    package var plural: String {
        switch self {
        case .encounter: "encounters"
        case .diagnosis: "diagnoses"
        case .vital: "vitals"
        case .labResult: "lab_results"
        case .prescription: "prescriptions"
        }
    }

    /// What ids of this type begin with.
    package var idPrefix: StaticString {
        switch self {
        case .encounter: "enc_"
        case .diagnosis: "dx_"
        case .vital: "vit_"
        case .labResult: "lab_"
        case .prescription: "rx_"
        }
    }

    /// Reads one record type in any of the spellings in use.
    package init?(reading word: String) {
        guard let type = RecordType.words[word] else { return nil }
        self = type
    }

    private static let words = WordList<RecordType>([
        (
            .encounter,
            "encounter,encounters,visit,visits,consultation,consultations,admission,admissions,زيارة"
        ),
        (.diagnosis, "diagnosis,diagnoses,diagnostic,diagnostics,condition,conditions,تشخيص"),
        (
            .vital,
            "vital,vitals,vital sign,vital signs,signe vital,signes vitaux,constantes,observation vitale,"
                + "علامات حيوية"
        ),
        (
            .labResult,
            "lab result,lab results,lab,labs,laboratory,laboratory result,laboratory results,lab report,"
                + "lab test,lab tests,résultat de laboratoire,résultats de laboratoire,نتائج المختبر"
        ),
        (
            .prescription,
            "prescription,prescriptions,medication,medications,ordonnance,ordonnances,rx,وصفة,وصفة طبية"
        ),
    ])
}
