extension ObjectReader {
    /// Every facility that the object names by id or reference.
    package mutating func facilities() -> [String] {
        [scalar("facility_reference", maximum: 255), scalar("facility_id", maximum: 255)]
            .compactMap(\.self)
    }
}
