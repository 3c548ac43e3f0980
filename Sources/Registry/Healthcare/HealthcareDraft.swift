package import Values

/// One record of a desktop system, read but not yet stored.
package struct HealthcareDraft: Sendable {
    package let entity: HealthcareEntity
    /// Its place in the request, from 0.
    package let index: Int
    /// What is wrong with its form, by field.
    package var complaints = Complaints()
    package var warnings: [String] = []
    /// Anything else has no fields that could be missing.
    package var isObject = true
    /// The fields that say something, as a JSON object: all that a new row holds.
    package var fields: [UInt8] = []
    /// Fields sent as `null`, a bit for each documented one.
    package var cleared: UInt32 = 0
    /// Unknown members, `nil` where they clear; their JSON.
    package var extra: [(name: String, value: [UInt8]?)] = []
    /// The record as it was sent.
    package var payload: ArraySlice<UInt8> = []
    package var keys = Keys()

    /// What rows are found by; each as it is compared.
    package struct Keys: Sendable {
        /// The code of a clinic or doctor, as sent.
        package var code: String?
        package var codeKey: String?
        package var licenseKey: String?
        package var patientNo: String?
        package var patientNoKey: String?
        package var nationalIDKey: String?
        package var mobileKey: String?
        package var name: String?
        package var externalID: String?
        package var doctorCode: String?
        package var clinicCode: String?
        package var clinicCodes: [String] = []
        /// Of an appointment; of a person, the birth date.
        package var date: CalendarDate?
        package var birthDate: BirthDate?
        /// `HH:MM`.
        package var timeFrom: String?
        package var timeTo: String?
        package var previousDate: CalendarDate?
        package var previousTimeFrom: String?
        package var status: AppointmentStatus?

        /// A person's, as names are compared.
        package var nameKey: String? { name.map(HealthcareDraft.nameKey) }
    }

    package init(_ entity: HealthcareEntity, at index: Int) {
        self.entity = entity
        self.index = index
    }

    /// As the reader of JSON compares names here: byte for byte, but for the case of ASCII letters.
    static func isSameName(_ left: String, _ right: String) -> Bool {
        func folded(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 0x20 : byte }
        return left.utf8.elementsEqual(right.utf8) { folded($0) == folded($1) }
    }

    /// Codes are typed by people: case, outer spaces and whose digits do not tell them apart.
    package static func key(of code: String) -> String { code.plainCode.lowercased() }

    /// What has to be there for a new row, and is not.
    package var missing: [(path: String, messages: [String])] {
        guard isObject else { return [] }
        var missing: [(path: String, messages: [String])] = []
        func require(_ path: String, _ isThere: Bool, _ message: String = "is required") {
            guard !isThere, !complaints.contains(path) else { return }
            missing.append((path, [message]))
        }
        switch entity {
        case .clinic:
            require("code", keys.codeKey != nil)
            require("name", keys.name != nil)
        case .doctor:
            require("name", keys.name != nil)
            require(
                "code", keys.codeKey != nil || keys.licenseKey != nil,
                "or licenseNumber is required")
        case .patient:
            require("name", keys.name != nil)
            require(
                "patientNo",
                keys.patientNoKey != nil || keys.nationalIDKey != nil || keys.mobileKey != nil,
                "or nationalID or mobile is required")
        case .appointment:
            require("patientNo", keys.patientNoKey != nil || keys.nationalIDKey != nil)
            require("date", keys.date != nil)
            require("timeFrom", keys.timeFrom != nil)
        }
        return missing
    }
}
