import SQLite
import Values

/// A question to `searchPatients`.
enum PatientSearch: Sendable {
    case healthID(PatientReference)
    case phone(String)
    case nationalID(String)
    case demographic(Demographics)

    /// `search_type`.
    var kind: String {
        switch self {
        case .healthID: "health_id"
        case .phone: "phone"
        case .nationalID: "national_id"
        case .demographic: "demographic"
        }
    }

    /// Reads `{search_type, query}`; `query` is a text, or an object for demographics. `nil` once
    /// `body` has a complaint.
    init?(_ body: inout RequestBody, today: Timestamp) {
        let kind = body.requiredText(["search_type"])
        guard kind != "demographic" else {
            guard var query = body.nested("query") else {
                body.require("query")
                return nil
            }
            let claims = query.claims(today: today)
            let demographics = query.demographics(of: claims, isRequired: true)
            body.take(problemsOf: query)
            guard let demographics else { return nil }
            self = .demographic(demographics)
            return
        }
        let text = body.requiredText(["query"])
        guard !text.isEmpty else { return nil }
        switch kind {
        case "health_id":
            guard let reference = PatientReference(text) else {
                body.refuse("query", "is not a valid Health ID")
                return nil
            }
            self = .healthID(reference)
        case "phone":
            guard let phone = body.value(of: PhoneText.read(text), at: "query") else {
                body.require("query")
                return nil
            }
            self = .phone(phone)
        case "national_id":
            // As long as one that can be registered.
            guard Matching.identifierKey(text).utf8.count >= 4, text.unicodeScalars.count <= 64
            else {
                body.refuse("query", "must be a national id of 4 to 64 characters")
                return nil
            }
            self = .nationalID(text)
        default:
            body.refuse("search_type", "must be health_id, phone, national_id or demographic")
            return nil
        }
    }

    func patients(in tx: borrowing Transaction) throws -> [Patient] {
        switch self {
        case .healthID(let reference):
            try PatientStore.find(reference, in: tx).map { [$0.patient] } ?? []
        case .phone(let phone): try PatientStore.find(phone: phone, in: tx)
        case .nationalID(let id): try PatientStore.find(nationalID: id, in: tx)
        case .demographic(let demographics): try PatientStore.find(demographics, in: tx)
        }
    }
}
