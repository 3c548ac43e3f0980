import Foundation
import JSON
package import Values

extension AppointmentDraft {
    static let externalIDs: [StaticString] = [
        "external_appointment_id", "external_id", "appointment_id", "source_id",
        "source_record_id",
    ]

    /// `nil` with complaints in `body`.
    ///
    /// - Parameter zone: the facility's, in which a moment becomes a day and a time.
    init?(_ body: inout ObjectReader, zone: TimeZone) {
        let moment = body.time("starts_at", "scheduled_at", "start", "occurred_at")
        let date = body.date("date", "appointment_date") ?? moment?.day(in: zone)
        if date == nil { body.require(["date", "appointment_date"]) }
        if let date, !CalendarDate.events.contains(date) {
            body.refuse("date", CalendarDate.refusal(of: CalendarDate.events))
        }
        let timeFrom = body.clockTime("time_from", "start_time", "time", "appointment_time")
        let timeTo = body.clockTime("time_to", "end_time")
        let word = body.text("status", maximum: 64)
        let status = word.map { AppointmentStatus(reading: $0) } ?? .booked
        if status == nil {
            body.refuse(
                "status", "must be booked, checked_in, completed, cancelled or no_show")
        }
        let externalID = body.identifier(Self.externalIDs)
        let doctorCode = body.identifier("doctor_code", "doctor")
        let clinicCode = body.identifier("clinic_code", "clinic")
        guard let date, let status else { return nil }
        self.init(
            externalID: externalID, date: date,
            timeFrom: timeFrom ?? moment?.clockTime(in: zone) ?? "", timeTo: timeTo,
            status: status, doctorCode: doctorCode, clinicCode: clinicCode, payload: body.raw)
    }

    /// What a partner's app books; `nil` with complaints in `body`, whose zone is the facility's.
    package init?(booking body: inout ObjectReader, at now: Timestamp) {
        let moment = body.requiredMoment("scheduled_at")
        if let moment, moment < now { body.refuse("scheduled_at", "lies in the past") }
        _ = body.text("appointment_type", maximum: 64)
        _ = body.text(["reason"], maximum: 4_000)
        guard let moment, let zone = body.zone else { return nil }
        let date = moment.day(in: zone)
        // The last evening of 2200 by UTC is the next day elsewhere.
        if !CalendarDate.events.contains(date) {
            body.refuse("scheduled_at", CalendarDate.refusal(of: CalendarDate.events))
        }
        self.init(
            date: date, timeFrom: moment.clockTime(in: zone), timeTo: nil,
            status: .booked, doctorCode: nil, clinicCode: nil, payload: body.raw)
    }
}
