import JSON
import Values

// How lines of stock are read, in every spelling in use; complaints gather in the body.

extension PharmacyItem {
    init(_ body: inout RequestBody, today: CalendarDate, asOf: Timestamp) {
        let code = body.requiredIdentifier(["drug_code", "code", "sku", "item_code"])
        let name = body.requiredText(["name", "drug_name", "medication_name", "item_name"])
        let quantity = body.integer("quantity", "qty", "stock", in: 0...1_000_000_000)
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
    init(_ body: inout RequestBody, today: CalendarDate, asOf: Timestamp) {
        let group = BloodGroup(reading: body.requiredText(["blood_group", "group"]))
        if group == nil { body.require("blood_group") }
        let component = BloodComponent(
            reading: body.requiredText(["component", "product"]))
        if component == nil { body.require("component") }
        let donation = body.identifier(
            "donation_number", "donation_id", "bag_number", "bag_id", "bag_no", "unit_number", "din",
            "numero_de_don", "numero_de_poche")
        var units = body.integer("units", "quantity", in: 0...1_000_000)
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
        if let word = body.scalar("screening", "screening_status", "screened") {
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
}
