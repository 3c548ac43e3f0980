import Foundation
import JSON

extension AppointmentDraft {
    /// `nil` with complaints in `body`.
    ///
    /// - Parameter zone: the facility's, in which a moment becomes a day and a time.
    init?(_ body: inout RequestBody, zone: TimeZone) {
        let moment = body.time("starts_at", "scheduled_at", "start", "occurred_at")
        let date = body.date("date", "appointment_date") ?? moment?.day(in: zone)
        if date == nil { body.require("date") }
        if let date, !CalendarDate.events.contains(date) {
            body.refuse("date", CalendarDate.refusal(of: CalendarDate.events))
        }
        let timeFrom = body.clockTime("time_from", "start_time", "time", "appointment_time")
        let timeTo = body.clockTime("time_to", "end_time")
        let word = body.text("status", maximum: 64) ?? "booked"
        let status = Appointment.Status(reading: word)
        if status == nil {
            body.refuse(
                "status", "must be booked, checked_in, completed, cancelled or no_show")
        }
        let externalID = body.text(
            "external_appointment_id", "external_id", "appointment_id", "source_id",
            "source_record_id")
        let doctorCode = body.text("doctor_code", "doctor")
        let clinicCode = body.text("clinic_code", "clinic")
        guard let date, let status else { return nil }
        self.init(
            externalID: externalID, date: date,
            timeFrom: timeFrom ?? moment?.clockTime(in: zone) ?? "", timeTo: timeTo,
            status: status, doctorCode: doctorCode, clinicCode: clinicCode, payload: body.raw)
    }
}

extension RequestBody {
    /// A time on the clock, `HH:MM` with or without seconds, as `HH:MM`.
    fileprivate mutating func clockTime(_ names: StaticString...) -> String? {
        guard let text = text(names, maximum: 32)?.asciiDigits else { return nil }
        let full = text.utf8.count == 4 ? "0" + text : text
        guard [5, 8].contains(full.utf8.count),
            Timestamp(rfc3339: "2000-01-01T" + full + (full.utf8.count == 5 ? ":00Z" : "Z"))
                != nil
        else {
            refuse(names[0].description, "must be a time such as 08:30")
            return nil
        }
        return String(full.prefix(5))
    }
}
