extension RequestBody {
    /// Every facility that the object names by id or reference.
    mutating func facilities() -> [String] {
        [text("facility_reference"), text("facility_id")].compactMap(\.self)
    }
}
