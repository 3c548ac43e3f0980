import Foundation
import HTTP
import JSON
@testable import Registry
import Database
import Testing
import TestSupport

/// A clinic's patients and the national identity that they lead to.
struct HealthcarePatientTests {
    // MARK: Two people

    @Test(arguments: ["0000000000", "N/A", "1111111111"])
    func aNationalIdThatStandsForNoneFindsNobody(_ nationalID: String) async throws {
        let app = try TestApp()
        func file(_ number: String, _ first: String, _ born: String) async -> Answer {
            await HealthcareRoutesTests.post(
                app, "patient",
                """
                {"name":"\(first) Farid","firstName":"\(first)","lastName":"Farid",
                "patientNo":"\(number)","nationalID":"\(nationalID)","dateOfBirth":"\(born)"}
                """)
        }
        let rami = await file("B7", "Rami", "1977-07-07")
        let ziad = await file("B8", "Ziad", "1967-07-07")
        #expect(ziad.status == 201)
        #expect(ziad["id"]?.string != rami["id"]?.string)
        #expect(ziad["healthId"]?.string != rami["healthId"]?.string)
    }

    @Test func aFamilysPhoneAndNameDoNotMakeFatherAndSonOne() async throws {
        let app = try TestApp()
        func file(_ born: String) async -> Answer {
            await HealthcareRoutesTests.post(
                app, "patient",
                """
                {"name":"Karim Aziz","firstName":"Karim","lastName":"Aziz",
                "mobile":"0507000000","dateOfBirth":"\(born)"}
                """)
        }
        let father = await file("1960-01-02")
        let son = await file("2012-03-04")
        #expect(son.status == 201)
        #expect(son["healthId"]?.string != father["healthId"]?.string)
        // Each is found again.
        #expect(await file("1960-01-02")["id"]?.string == father["id"]?.string)
        #expect(await file("2012-03-04")["status"]?.string == "unchanged")
    }

    /// A slip in one national id must not write over the file of whom it belongs to.
    @Test func aNationalIdAloneDoesNotTakeAnotherPersonsFile() async throws {
        let app = try TestApp()
        let omar = await HealthcareRoutesTests.post(
            app, "patient",
            """
            {"name":"Omar Saleh","firstName":"Omar","lastName":"Saleh","patientNo":"X9",
            "nationalID":"1000000016","dateOfBirth":"1981-01-01"}
            """)
        let slip = await HealthcareRoutesTests.post(
            app, "patient",
            """
            {"name":"Zita Totally","firstName":"Zita","lastName":"Totally","patientNo":"X10",
            "nationalID":"1000000016","dateOfBirth":"1950-02-02"}
            """)
        #expect(slip.status == 409)
        #expect(slip.error == "key_conflict")
        let kept = await HealthcareRoutesTests.get(app, "patients/X9")
        #expect(kept.text.contains("Omar Saleh"))
        // The same person under a new number is the same file.
        let moved = await HealthcareRoutesTests.post(
            app, "patient",
            """
            {"name":"Omar Saleh","firstName":"Omar","lastName":"Saleh","patientNo":"X11",
            "nationalID":"1000000016","dateOfBirth":"1981-01-01"}
            """)
        #expect(moved["id"]?.string == omar["id"]?.string)
    }

    // MARK: A number that is used again

    private static let amal = """
        {"name":"Amal Nasser","firstName":"Amal","lastName":"Nasser","patientNo":"R-1",
        "nationalID":"1000000016","dateOfBirth":"1981-01-01","gender":"Female","mobile":"0507000001"}
        """

    @Test(arguments: [
        #""nationalID":"2000000010""#,
        #""name":"Zaid Omari","firstName":"Zaid","lastName":"Omari","dateOfBirth":"1950-02-02""#,
        #""name":"Zaid Omari","dateOfBirth":"1950-02-02""#,
        #""name":"Khalid Nasser","gender":"M","firstName":"Khalid""#,
        #""firstName":"Layla","lastName":"Nasser","dateOfBirth":"2011-01-01""#,
        // A newborn has no name yet, and is not Amal.
        #""name":"Baby of Ngo","dateOfBirth":"2026-05-09""#,
        #""name":"Inconnu Inconnu","firstName":"Inconnu","lastName":"Inconnu","gender":"Male""#,
        #""name":"Compl Xx","dateOfBirth":"1999-09-09""#,
    ])
    func aNumberGivenToSomebodyElseIsAConflict(_ members: String) async throws {
        let app = try TestApp()
        let created = await post(app, "patient", Self.amal)
        let before = await HealthcareRoutesTests.get(app, "patients/R-1")
        let count = try events(app).count
        let answer = await post(app, "patient", #"{"patientNo":"R-1",\#(members)}"#)
        #expect(answer.status == 409)
        #expect(answer.error == "key_conflict")
        #expect(answer["message"]?.string?.contains(created["id"]?.string ?? "?") == true)
        #expect(answer["errors"]?["patientNo"] != nil)
        #expect(await HealthcareRoutesTests.get(app, "patients/R-1").body == before.body)
        #expect(try events(app).count == count)
    }

    @Test(arguments: [
        // A spelling, a birth date alone, a married name, a gender alone, one more name.
        #""name":"Amaal Nasir","firstName":"Amaal","lastName":"Nasir","dateOfBirth":"1981-10-01""#,
        #""dateOfBirth":"1981-01-10""#,
        #""name":"Amal Haddad","firstName":"Amal","lastName":"Haddad""#,
        #""gender":"Male""#, #""name":"Amal Bint Omar Nasser","dateOfBirth":"1981-01-02""#,
        #""name":"NASSER, Amal","firstName":"Nasser","lastName":"Amal","dateOfBirth":"1981-02-01""#,
    ])
    func anOrdinaryCorrectionStaysAnUpdate(_ members: String) async throws {
        let app = try TestApp()
        let created = await post(app, "patient", Self.amal)
        let answer = await post(app, "patient", #"{"patientNo":"R-1",\#(members)}"#)
        #expect(answer["status"]?.string == "updated")
        #expect(answer["healthId"]?.string == created["healthId"]?.string)
    }

    /// A placeholder in the file does not open it for everybody: the patient has a name.
    @Test func aNameTakenAwayDoesNotGiveTheFileAway() async throws {
        let app = try TestApp()
        _ = await post(app, "patient", Self.amal)
        let cleared = await post(
            app, "patient",
            #"{"patientNo":"R-1","name":"Inconnu Inconnu","firstName":null,"lastName":null}"#)
        #expect(cleared["status"]?.string == "updated")
        let taken = await post(
            app, "patient",
            #"{"patientNo":"R-1","name":"Zaid Omari","dateOfBirth":"1950-02-02","gender":"Male"}"#)
        #expect(taken.error == "key_conflict")
    }

    @Test func whatIsWrongInTwoPlacesIsCorrectedStepByStep() async throws {
        let app = try TestApp()
        let created = await post(app, "patient", Self.amal)
        for members in [
            #""nationalID":null"#, #""nationalID":"2000000010""#,
            #""name":"Layla Omari","firstName":"Layla","lastName":"Omari""#,
            #""name":"Layla Omari","firstName":"Layla","lastName":"Omari","dateOfBirth":"1979-09-09""#,
        ] {
            let answer = await post(app, "patient", #"{"patientNo":"R-1",\#(members)}"#)
            #expect(answer["status"]?.string == "updated")
            #expect(answer["healthId"]?.string == created["healthId"]?.string)
        }
        // Who came in unknown is named later: that speaks against nothing.
        let unknown = await post(
            app, "patient",
            #"{"name":"Unknown Unknown","patientNo":"U-1","dateOfBirth":"1900-01-01"}"#)
        let named = await post(
            app, "patient",
            #"{"name":"Rami Farid","patientNo":"U-1","dateOfBirth":"1977-07-07","gender":"M"}"#)
        #expect(named["status"]?.string == "updated")
        #expect(named["healthId"]?.string == unknown["healthId"]?.string)
    }

    // MARK: Namesakes

    @Test func aThirdNamesakeWithANumberOfHisOwnIsNew() async throws {
        let app = try TestApp()
        func file(_ members: String) async -> Answer {
            await post(
                app, "patient",
                #"{"name":"Karim Aziz","mobile":"0507000000","dateOfBirth":"1960-01-02",\#(members)}"#
            )
        }
        let first = await file(#""patientNo":"K-1""#)
        let second = await file(#""patientNo":"K-2""#)
        let third = await file(#""nationalID":"1000000024""#)
        #expect(third.status == 201)
        let ids = [first, second, third].compactMap { $0["healthId"]?.string }
        #expect(Set(ids).count == 3)
        // A review with either.
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 3)
        #expect(await file(#""nationalID":"1000000024""#)["status"]?.string == "unchanged")
        // Without a number of his own nobody can say which one is meant.
        #expect(await file(#""email":"x""#).status == 409)
    }

    /// Two files of one name and phone stay two people when their birth dates come later.
    @Test func namesakesStayApartWhenTheirBirthDateComesLater() async throws {
        let app = try TestApp()
        for number in ["K-1", "K-2"] {
            let answer = await post(
                app, "patient",
                #"{"name":"Karim Aziz","mobile":"0507000000","patientNo":"\#(number)"}"#)
            #expect(answer.status == 201)
            #expect(answer["healthId"]?.isNull == true)
        }
        var ids: Set<String> = []
        for number in ["K-1", "K-2"] {
            let answer = await post(
                app, "patient", #"{"patientNo":"\#(number)","dateOfBirth":"1960-01-02"}"#)
            ids.insert(try #require(answer["healthId"]?.string))
        }
        #expect(ids.count == 2)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 1)
    }

    private func post(_ app: TestApp, _ path: String, _ json: String) async -> Answer {
        await HealthcareRoutesTests.post(app, path, json)
    }

    private func events(_ app: TestApp) throws -> [String] {
        try app.read { tx in
            try tx.all("SELECT type FROM events ORDER BY seq") { $0.text(0) }
        }
    }

    private func resolve(_ app: TestApp, _ json: String) async throws -> Answer {
        await app.send(
            .post, "/api/v1/connect/patients/resolve", token: try await app.token(), json: json)
    }

    @Test func upsertPatientIsTheSamePersonAsInConnect() async throws {
        let app = try TestApp()
        let created = await post(app, "patient", HealthcareRoutesTests.patient)
        #expect(created.status == 201)
        #expect(created["code"]?.string == "P-10928")
        let healthID = try #require(created["healthId"]?.string)
        // The documents' own national id has a wrong check digit: it is stored all the same.
        #expect(
            created["warnings"]?.elements.compactMap(\.string).first?.contains("check digit")
                == true)
        #expect(try events(app) == ["patient.created", "health_id.created"])
        #expect(try app.audit().last == "upsertPatient C success")
        let found = try await resolve(
            app, #"{"first_name":"Yousef","last_name":"Khalid","date_of_birth":"1994-09-20"}"#)
        #expect(found["status"]?.string == "found")
        #expect(found["health_id"]?.string == healthID)
        let again = await post(app, "patient", HealthcareRoutesTests.patient)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["healthId"]?.string == healthID)
        #expect(try events(app).count == 2)
        #expect(
            try app.count(
                "SELECT COUNT(*) FROM audit_log WHERE patient_id IS NOT NULL AND operation = 'upsertPatient'"
            )
                == 2)
    }

    @Test func whoConnectKnowsIsFoundAndLearntOf() async throws {
        let app = try TestApp()
        let known = try await resolve(
            app, #"{"first_name":"Awa","last_name":"Sow","date_of_birth":"1980-02-03"}"#)
        let before = try events(app).count
        let synced = await post(
            app, "patient",
            #"{"name":"Awa Sow","patientNo":"P-1","dateOfBirth":"1980-02-03","mobile":"677000001"}"#
        )
        #expect(synced.status == 201)
        #expect(synced["healthId"]?.string == known["health_id"]?.string)
        #expect(try events(app).dropFirst(before) == ["patient.updated"])
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE phone_number = '677000001'") == 1)
    }

    /// What the clinic writes stays in its own record; that the nation has no sex from it is said.
    @Test(arguments: [("1", true), ("Mme", true), ("M/F", true), ("féminin", false), ("-", false)])
    func aGenderThatIsNotKnownIsTold(_ gender: String, _ isTold: Bool) async throws {
        let app = try TestApp()
        let created = await post(
            app, "patient", #"{"name":"Awa Sow","patientNo":"P-1","gender":"\#(gender)"}"#)
        #expect(created.status == 201)
        let warnings = created["warnings"]?.elements.compactMap(\.string) ?? []
        #expect(warnings.contains { $0.hasPrefix("gender: ") } == isTold, "\(warnings)")
    }

    @Test func aChangedNameKeepsTheLinkAndWarns() async throws {
        let app = try TestApp()
        let created = await post(app, "patient", HealthcareRoutesTests.patient)
        let changed = await post(
            app, "patient",
            #"{"patientNo":"P-10928","firstName":"Omar"}"#)
        #expect(changed["status"]?.string == "updated")
        #expect(changed["healthId"]?.string == created["healthId"]?.string)
        #expect(
            changed["warnings"]?.elements.compactMap(\.string).first?.contains("national") == true)
        #expect(
            try app.count("SELECT COUNT(*) FROM patients WHERE first_name = 'Yousef'") == 1)
        #expect(try events(app).last == "patient.updated")
        // It is told as long as it lasts.
        let again = await post(app, "patient", #"{"patientNo":"P-10928","lastName":"Khalid"}"#)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["warnings"]?.count == 1)
        let corrected = await post(app, "patient", HealthcareRoutesTests.patient)
        #expect(corrected["status"]?.string == "updated")
        #expect(corrected["warnings"]?.count == 1)
    }

    @Test func mobileAndNameAreAWeakKey() async throws {
        let app = try TestApp()
        let first = await post(
            app, "patient", #"{"name":"Mona Ali","mobile":"+966501234567"}"#)
        #expect(first.status == 201)
        #expect(first["healthId"]?.isNull == true)
        // The same phone in another spelling, the same name in another order.
        let same = await post(
            app, "patient", #"{"name":"ALI, Mona","mobile":"0501234567","patientNo":"P-1"}"#)
        #expect(same["status"]?.string == "updated")
        #expect(same["id"]?.string == first["id"]?.string)
        let born = await post(
            app, "patient", #"{"patientNo":"P-1","name":"Mona Ali","dateOfBirth":"1990-01-05"}"#)
        #expect(born["healthId"]?.string != nil)
        // Another number on both sides: somebody else, and a review.
        let other = await post(
            app, "patient",
            #"{"name":"Mona Ali","mobile":"0501234567","patientNo":"P-2","dateOfBirth":"1990-01-05"}"#
        )
        #expect(other.status == 201)
        #expect(other["id"]?.string != first["id"]?.string)
        #expect(other["healthId"]?.string != born["healthId"]?.string)
        #expect(try app.count("SELECT COUNT(*) FROM duplicate_cases WHERE state = 'open'") == 1)
        // Two files have this phone and name now: which one is meant nobody can say.
        let unclear = await post(
            app, "patient", #"{"name":"Mona Ali","mobile":"0501234567","email":"x"}"#)
        #expect(unclear.status == 409)
        #expect(unclear.error == "key_conflict")
    }

    @Test func patientNoAndNationalIDOfTwoFilesAreAConflict() async throws {
        let app = try TestApp()
        _ = await post(
            app, "patient", #"{"name":"A B","patientNo":"P-1","nationalID":"10-98473521"}"#)
        _ = await post(app, "patient", #"{"name":"C D","patientNo":"P-2"}"#)
        let conflict = await post(
            app, "patient", #"{"name":"C D","patientNo":"P-2","nationalID":"1098473521"}"#)
        #expect(conflict.status == 409)
        let renumbered = await post(
            app, "patient", #"{"patientNo":"P-3","nationalID":"1098473521"}"#)
        #expect(renumbered["status"]?.string == "updated")
        #expect(
            renumbered["warnings"]?.elements.compactMap(\.string).contains { $0.contains("P-1") }
                == true)
        let cleared = await post(
            app, "patient", #"{"patientNo":null,"nationalID":"1098473521"}"#)
        #expect(cleared["status"]?.string == "updated")
        let refused = await post(
            app, "patient", #"{"patientNo":"P-2","mobile":null,"name":"C D"}"#)
        #expect(refused["status"]?.string == "unchanged")
    }

    @Test func appointmentsWaitForTheIdentity() async throws {
        let app = try TestApp()
        _ = await post(app, "patient", #"{"name":"Lina Haddad","patientNo":"P-7"}"#)
        let booking = #"{"patientNo":"P-7","date":"2026-06-20","timeFrom":"09:00"}"#
        let booked = await post(app, "appointment", booking)
        #expect(booked.status == 201)
        #expect(booked["healthId"]?.isNull == true)
        #expect(await post(app, "appointment", booking)["status"]?.string == "unchanged")
        let known = await post(app, "patient", #"{"patientNo":"P-7","dateOfBirth":"1988-08-08"}"#)
        let healthID = try #require(known["healthId"]?.string)
        let again = await post(app, "appointment", booking)
        #expect(again["status"]?.string == "unchanged")
        #expect(again["id"]?.string == booked["id"]?.string)
        #expect(again["healthId"]?.string == healthID)
    }

    /// Whoever looks for the member finds it in every answer about people, and in no other.
    @Test func healthIdIsSaidInEveryAnswer() async throws {
        let app = try TestApp()
        let patient = #"{"name":"Lina","patientNo":"P-7"}"#
        let booking = #"{"patientNo":"P-7","date":"2026-06-20","timeFrom":"09:00"}"#
        for (path, json) in [("patient", patient), ("appointment", booking)] {
            let one = await post(app, path, json)
            #expect(one["healthId"]?.isNull == true)
            let many = await post(app, path + "s", "[\(json)]")
            #expect(many["results"]?.at(0)?["healthId"]?.isNull == true)
            let list = await HealthcareRoutesTests.get(app, path + "s")
            #expect(list[path + "s"]?.at(0)?["healthId"]?.isNull == true)
        }
        let clinic = await post(app, "clinics", #"[{"code":"C","name":"N"}]"#)
        #expect(clinic["results"]?.at(0)?["status"]?.string == "created")
        #expect(clinic["results"]?.at(0)?["healthId"] == nil)
    }

    @Test func upsertPatientsAuditsEveryPatient() async throws {
        let app = try TestApp()
        let many = (10...29).map { number in
            """
            {"name":"Given\(number) Family\(number)","patientNo":"P-\(number)",
            "dateOfBirth":"19\(number)-03-0\(number % 9 + 1)"}
            """
        }
        let answer = await post(app, "patients", "[" + many.joined(separator: ",") + "]")
        #expect(answer["created"]?.int == 20)
        #expect(answer["success"]?.bool == true)
        let row = try app.read { tx in
            try AuditStore.newest(AuditStore.Filter(), limit: 1, in: tx).first?.entry
        }
        #expect(row?.batchPatientIDs.count == 20)
        let again = await post(app, "patients", "[" + many.joined(separator: ",") + "]")
        #expect(again["unchanged"]?.int == 20)
        #expect(try events(app).count == 40)
    }

    @Test func listPatientsShowsWhatWasSentAndWhoTheyAre() async throws {
        let app = try TestApp()
        let created = await post(app, "patient", HealthcareRoutesTests.patient)
        let list = await HealthcareRoutesTests.get(app, "patients")
        let first = try #require(list["patients"]?.elements.first { _ in true })
        #expect(first["healthId"]?.string == created["healthId"]?.string)
        #expect(first["secondName"]?.string == "Bin")
        #expect(first["createdAt"]?.string == "2026-06-01T09:30:00Z")
        #expect(try app.audit().last == "listPatients R success")
    }

    @Test func showPatientIsFoundByEitherNumber() async throws {
        let app = try TestApp()
        _ = await post(app, "patient", HealthcareRoutesTests.patient)
        for code in ["p-10928", "1048291048"] {
            let shown = await HealthcareRoutesTests.get(app, "patients/\(code)")
            #expect(shown["bloodType"]?.string == "O+")
        }
        #expect(
            await post(
                app, "patient",
                await HealthcareRoutesTests.get(app, "patients/P-10928").text)["status"]?.string
                == "unchanged")
    }
}
