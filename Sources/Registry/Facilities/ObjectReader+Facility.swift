import Values

extension ObjectReader {
    /// Every facility that the object names by id or reference.
    package mutating func facilities() -> [String] {
        [facilityName("facility_reference"), facilityName("facility_id")].compactMap(\.self)
    }

    /// An id or reference of a facility, as its staff write it; one that a code page has damaged is refused.
    package mutating func facilityName(_ names: StaticString...) -> String? {
        guard let text = scalar(names, maximum: 255) else { return nil }
        guard let fault = LostLetters.fault(in: Array(text.utf8)[...]) else { return text }
        refuse(value(names)?.name ?? names[0], fault)
        return nil
    }

    package mutating func requiredFacilityName() -> String {
        guard let name = facilityName("facility_id", "facility_reference") else {
            require(["facility_id", "facility_reference"])
            return ""
        }
        return name
    }
}
