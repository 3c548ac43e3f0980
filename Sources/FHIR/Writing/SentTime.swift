import JSON
import Values

/// A dateTime as FHIR R4 has it: of a year, a month, a day or a moment.
struct SentTime {
    /// Its first in UTC; `nil` of a year or a month, which are no day.
    let moment: Timestamp?

    /// `nil` for what is none.
    init?(_ text: String) {
        if let time = Timestamp(rfc3339: text) {
            guard time.isOfAnEvent else { return nil }
            moment = time
            return
        }
        guard let date = BirthDate(text), CalendarDate.events.contains(date.date) else {
            return nil
        }
        moment = date.precision == .day ? date.date.startInUTC : nil
    }
}
