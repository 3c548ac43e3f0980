import JSON
package import Values

// How lines of stock are read, in every spelling in use; complaints gather in the body.

extension PharmacyItem {
    package init(_ body: inout ObjectReader, today: CalendarDate, asOf: Timestamp) {
        let code = body.requiredIdentifier([
            "drug_code", "code", "sku", "item_code", "medication_code",
        ])
        // A line without a name is known by its code.
        let name =
            body.text(
                ["name", "drug_name", "medication_name", "item_name", "generic_name"], maximum: 255)
            ?? code
        let quantity = body.integer(
            "quantity", "qty", "stock", "usable_units", "units_available", "quantity_available",
            "available_quantity", in: 0...1_000_000_000)
        if quantity == nil { body.require("quantity") }
        let expiry = body.expiry("expiry", "expiry_date", "expires_on", "expires_at")
        if let expiry, expiry < today { body.refuse("expiry", "lies in the past") }
        self.init(
            drugCode: code, name: name,
            batch: body.identifier("batch", "batch_number", "batch_no", "lot") ?? "",
            quantity: quantity ?? 0, unit: body.text("unit", maximum: 64), expiresOn: expiry,
            reorderLevel: body.integer(
                "reorder_level", "minimum", "low_stock_threshold", in: 0...1_000_000_000),
            asOf: asOf)
    }
}

extension BloodItem {
    package init(_ body: inout ObjectReader, today: CalendarDate, asOf: Timestamp) {
        let group = body.word("blood_group", "group", "blood_type", by: BloodItem.group)
        if group == nil { body.require(["blood_group", "group", "blood_type"]) }
        let component = body.word(
            "component", "product", "component_code", "component_type", by: BloodItem.component)
        if component == nil {
            body.require(["component", "product", "component_code", "component_type"])
        }
        let donation = body.identifier(
            "donation_number", "donation_id", "bag_number", "bag_id", "bag_no", "unit_number",
            "din",
            "numero_de_don", "numero_de_poche")
        // What is there and may not be given is no stock.
        var units = body.integer(
            "usable_units", "units", "units_available", "available_units", "quantity",
            in: 0...1_000_000)
        if donation != nil {
            units = units ?? 1
            if let units, units > 1 {
                body.refuse("units", "must be 1 or 0 for the bag of one donation")
            }
        } else if units == nil {
            body.require("units")
        }
        let expiry = body.expiry("expiry", "expiry_date", "expires_on", "expires_at")
        if let expiry, expiry < today { body.refuse("expiry", "lies in the past") }
        if let word = body.scalar("screening", "screening_status", "screened", "screened_safe") {
            switch BloodScreening(reading: word) {
            case .safe: break
            case .unsafe: body.refuse("screening", "says that the blood is not safe (\(word))")
            case .unscreened: body.refuse("screening", "must be screened; it says \(word)")
            case nil: body.refuse("screening", "must be screened; \(word) is not known here")
            }
        } else {
            body.refuse("screening", "must be screened")
        }
        self.init(
            group: group?.rawValue ?? "", component: component ?? .wholeBlood,
            batch: body.identifier("batch", "batch_number", "batch_no", "lot") ?? "",
            donation: donation ?? "", units: units ?? 0, expiresOn: expiry, asOf: asOf)
    }

    private static func group(_ text: String) -> Reading<BloodGroup> {
        if let group = BloodGroup(reading: text) { return .value(group) }
        if Placeholder.isNothing(text) { return .nothing }
        return .refused("must be a blood group such as A+ or O-; \(text) is none")
    }

    private static func component(_ text: String) -> Reading<BloodComponent> {
        if let component = BloodComponent(reading: text) { return .value(component) }
        if Placeholder.isNothing(text) { return .nothing }
        return .refused(
            "must be whole_blood, packed_cells, plasma or platelets; \(text) is not known here")
    }
}
