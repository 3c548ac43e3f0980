import Foundation
import JSON
import Values

/// What a server would refuse of a record, as far as that shows without one; for `--dry-run` alone.
///
/// What goes to a server is for the server to judge, which may be newer than this program: nothing is
/// held back for what is said here, and nothing is said here that a server of this version takes.
struct RowCheck {
    /// What `--dry-run` tells about itself.
    static let scope = """
        Checked here: names of files, columns that are required, the check symbols of Health IDs, \
        dates and times, numbers, amounts and fixed words. The server also checks who is registered, \
        whose record a source id is, the length of texts, and this agent's key; and it knows what was \
        sent before.
        """

    private let type: FileType
    /// In the facility's zone.
    private let today: CalendarDate

    init(type: FileType, today: CalendarDate) {
        self.type = type
        self.today = today
    }

    /// The fields that a row must have, in all their spellings.
    static func requiredNames(_ type: FileType) -> Set<String> {
        Set((type == .patient ? demographics : required(type)).joined())
    }

    private var required: [[String]] { Self.required(type) }

    /// Fields of which one must be there, each in all its spellings, the first that of the documents.
    private static func required(_ type: FileType) -> [[String]] {
        let patient = ["health_id", "patient_health_id"]
        return switch type {
        case .patient: []
        case .encounter, .visit: [patient]
        case .labResult:
            [patient, ["test_name", "test"], ["result_value", "result", "value"]]
        case .prescription:
            [patient, ["medication_name", "medication", "medicine", "drug"]]
        case .vital:
            [patient, ["name", "type", "code", "vital"], ["value", "result", "reading"]]
        case .diagnosis:
            [
                patient,
                [
                    "code", "icd_code", "display", "name", "description", "system",
                    "coding_system",
                ],
            ]
        case .appointment:
            [
                patient,
                [
                    "date", "appointment_date", "starts_at", "scheduled_at", "start",
                    "occurred_at",
                ],
            ]
        case .pharmacyStock:
            [
                ["drug_code", "code", "sku", "item_code", "medication_code"],
                [
                    "quantity", "qty", "stock", "usable_units", "units_available",
                    "quantity_available", "available_quantity",
                ],
            ]
        case .bloodStock:
            [
                ["blood_group", "group", "blood_type"],
                ["component", "product", "component_code", "component_type"],
                // A bag of one donation is one unit.
                [
                    "units", "quantity", "usable_units", "units_available", "donation_number",
                    "donation_id", "bag_number", "bag_id", "bag_no", "unit_number", "din",
                ],
                ["screening", "screening_status", "screened", "screened_safe"],
            ]
        case .payment:
            [
                [
                    "reference", "transaction_reference", "transaction_id", "payment_reference",
                    "invoice_number", "receipt_number",
                ],
                ["amount", "amount_minor"], ["paid_at", "occurred_at", "date"],
            ]
        }
    }

    /// The required ones that no row can have, for want of a column.
    static func missing(_ type: FileType, in columns: [String]) -> [String] {
        if type == .patient, !columns.contains("health_id") {
            return demographics.filter { names in !names.contains(where: columns.contains) }
                .map { $0[0] }
        }
        return required(type).filter { names in !names.contains(where: columns.contains) }
            .map { $0[0] }
    }

    private static let demographics = [
        ["first_name", "firstName"], ["last_name", "lastName"], ["date_of_birth", "dob"],
    ]

    /// What is wrong with a record, in the words of the field; `nil` when nothing is.
    func complaint(_ body: [UInt8]) -> String? {
        guard let record = try? JSONDocument(body).root else { return "the row is no JSON" }
        let row = RowFields(record)
        if let names = required.first(where: { row[$0] == nil }) {
            return "\(names[0]) is required"
        }
        return switch type {
        case .patient: patient(row)
        case .encounter, .visit, .prescription, .diagnosis: healthID(row)
        case .labResult, .vital: healthID(row) ?? measurement(row)
        case .appointment: healthID(row) ?? appointment(row)
        case .pharmacyStock: pharmacy(row)
        case .bloodStock: blood(row)
        case .payment: payment(row)
        }
    }

    /// What the server takes and says something about, such as what it does not keep; `nil` when nothing.
    func remark(_ body: [UInt8]) -> String? {
        guard let record = try? JSONDocument(body).root else { return nil }
        let row = RowFields(record)
        if type == .labResult {
            return row[Self.required(type)[2]]
                .flatMap { Placeholder.measurementRemark($0.plainCode) }
                .map { "result_value: it \($0)" }
        }
        guard type == .patient, let group = row[["blood_type", "blood_group", "bloodType"]],
            BloodGroup(reading: group) == nil,
            !Placeholder.isNothing(group) || Placeholder.spreadsheetFault(group) != nil
        else { return nil }
        return "blood_type is no blood group such as A+ or O-, and would not be kept"
    }

    private var tomorrow: CalendarDate { CalendarDate(daysSince1970: today.daysSince1970 + 1) }

    // MARK: By type

    private func healthID(_ row: RowFields) -> String? {
        let ids = ["health_id", "patient_health_id"].compactMap { row[[$0]] }
        let canonical = ids.map { PatientReference($0)?.text }
        if canonical.contains(nil) {
            return "health_id is no Health ID: it is misspelt, for its check symbol does not agree"
        }
        return Set(canonical).count > 1
            ? "health_id and patient_health_id name different patients" : nil
    }

    private func measurement(_ row: RowFields) -> String? {
        let names = Self.required(type)[2]
        let fault = type == .vital ? Placeholder.vitalFault : Placeholder.measurementFault
        return row[names].flatMap { fault($0.plainCode) }.map { "\(names[0]) \($0)" }
    }

    private func patient(_ row: RowFields) -> String? {
        if row[["health_id"]] != nil {
            if let complaint = healthID(row) { return complaint }
        } else if let names = Self.demographics.first(where: {
            row[$0].map(Placeholder.isNoName) ?? true
        }) {
            return "\(names[0]) is required"
        }
        for names in Self.demographics.prefix(2) {
            guard let name = row[names], !Placeholder.isNoName(name) else { continue }
            if let fault = Placeholder.nameFault(name) { return "\(names[0]) \(fault)" }
            if !name.unicodeScalars.contains(where: Self.isLetter) {
                return "\(names[0]) must contain a letter"
            }
        }
        // East of Greenwich it is tomorrow already: a day's grace is the server's.
        if let born = row[["date_of_birth", "dob"]] {
            switch WrittenDate.read(born) {
            case .nothing: return "date_of_birth is required"
            case .refused(let sentence): return "date_of_birth \(sentence)"
            case .value(let date, _):
                if date.date > tomorrow { return "date_of_birth lies in the future" }
                if date.date.year < 1800 { return "date_of_birth is before 1800" }
            }
        }
        if let sentence = row[["sex", "gender"]].flatMap({ Sex.read($0).refusal }) {
            return "sex \(sentence)"
        }
        if let sentence = row[["country_code", "country"]].flatMap({ Countries.read($0).refusal }) {
            return "country_code \(sentence)"
        }
        if let sentence = row[["phone_number", "phone"]].flatMap({ PhoneText.read($0).refusal }) {
            return "phone \(sentence)"
        }
        return nil
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0xC0 || (65...90).contains(scalar.value & 0xDF)
    }

    private func appointment(_ row: RowFields) -> String? {
        let times = [
            ["time_from", "start_time", "time", "appointment_time"], ["time_to", "end_time"],
        ]
        for names in times {
            if let sentence = row[names].flatMap({ ClockTime.read($0).refusal }) {
                return "\(names[0]) \(sentence)"
            }
        }
        if let status = row[["status"]], AppointmentStatus(reading: status) == nil {
            return "status must be booked, checked_in, completed, cancelled or no_show"
        }
        return nil
    }

    private func pharmacy(_ row: RowFields) -> String? {
        let numbers = [
            ["quantity", "qty", "stock"], ["reorder_level", "minimum", "low_stock_threshold"],
        ]
        for names in numbers {
            if let sentence = row[names].flatMap({
                NumberText.readWhole($0, in: 0...1_000_000_000).refusal
            }) {
                return "\(names[0]) \(sentence)"
            }
        }
        return expiry(row)
    }

    private func blood(_ row: RowFields) -> String? {
        if let group = row[["blood_group", "group"]], BloodGroup(reading: group) == nil {
            return "blood_group must be one such as A+ or O-"
        }
        if let component = row[["component", "product"]],
            BloodComponent(reading: component) == nil
        {
            return "component must be whole_blood, packed_cells, plasma or platelets"
        }
        if let sentence = row[["units", "quantity"]].flatMap({
            NumberText.readWhole($0, in: 0...1_000_000).refusal
        }) {
            return "units \(sentence)"
        }
        if let word = row[["screening", "screening_status", "screened"]],
            BloodScreening(reading: word) != .safe
        {
            return "screening must be screened"
        }
        return expiry(row)
    }

    private func expiry(_ row: RowFields) -> String? {
        guard let text = row[["expiry", "expiry_date", "expires_on", "expires_at"]] else {
            return nil
        }
        switch WrittenDate.read(text) {
        case .nothing: return nil
        case .refused(let sentence): return "expiry \(sentence)"
        case .value(let date, _):
            let last = date.precision == .day ? date.date : date.date.lastOfMonth
            return last < today ? "expiry lies in the past" : nil
        }
    }

    private func payment(_ row: RowFields) -> String? {
        if let side = row[["side", "source", "reported_by"]],
            !["facility", "provider"].contains(side.lowercased())
        {
            return "side must be facility or provider"
        }
        guard let currency = Money.currency(reading: row[["currency"]] ?? "XAF") else {
            return "currency must be one of ISO 4217, such as XAF"
        }
        if let minor = row[["amount_minor"]] {
            return NumberText.readWhole(minor, in: 0...Int(Money.limit)).refusal
                .map { "amount_minor \($0)" }
        }
        return Money.read(row[["amount"]] ?? "", currency: currency).refusal.map { "amount \($0)" }
    }
}

/// The texts of a record by name.
struct RowFields {
    private let texts: [String: String]

    init(_ record: JSONValue) {
        var texts: [String: String] = [:]
        for (name, value) in record.members { texts[name] = value.string }
        self.texts = texts
    }

    /// Of the first name that says something; what programs write for nothing says nothing.
    subscript(_ names: [String]) -> String? {
        for name in names {
            if let text = texts[name], !text.allSatisfy({ $0 == " " }), !Placeholder.isNull(text) {
                return text
            }
        }
        return nil
    }
}
