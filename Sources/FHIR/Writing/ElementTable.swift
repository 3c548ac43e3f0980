/// The elements of what may be sent, as FHIR R4 defines them: the name of a type, then its elements with the
/// types of each.
///
/// `*` marks a list, `!` an element that must be there, `[x]` one of several types; words in parentheses are
/// the codes of a required value set. `id` and `extension`, which every type has, are left out, as are those
/// that turn round what is said (`modifierExtension`, `implicitRules`), and the few that we have no place for.
enum ElementTable {
    static let text = """
        Patient
          identifier*:Identifier active:boolean name*:HumanName telecom*:ContactPoint
          gender:(male|female|other|unknown) birthDate:date deceased[x]:boolean,dateTime
          address*:Address maritalStatus:CodeableConcept multipleBirth[x]:boolean,integer
          photo*:Attachment contact*:Patient.contact communication*:Patient.communication
          generalPractitioner*:Reference managingOrganization:Reference
        Patient.contact
          relationship*:CodeableConcept name:HumanName telecom*:ContactPoint address:Address
          gender:(male|female|other|unknown) organization:Reference period:Period
        Patient.communication
          language!:CodeableConcept preferred:boolean
        Encounter
          identifier*:Identifier
          status!:(planned|arrived|triaged|in-progress|onleave|finished|cancelled|\
        entered-in-error|unknown)
          statusHistory*:Encounter.statusHistory class!:Coding classHistory*:Encounter.classHistory
          type*:CodeableConcept serviceType:CodeableConcept priority:CodeableConcept
          subject:Reference episodeOfCare*:Reference basedOn*:Reference
          participant*:Encounter.participant appointment*:Reference period:Period length:Duration
          reasonCode*:CodeableConcept reasonReference*:Reference diagnosis*:Encounter.diagnosis
          account*:Reference hospitalization:Encounter.hospitalization location*:Encounter.location
          serviceProvider:Reference partOf:Reference
        Encounter.statusHistory
          status!:(planned|arrived|triaged|in-progress|onleave|finished|cancelled|\
        entered-in-error|unknown)
          period!:Period
        Encounter.classHistory
          class!:Coding period!:Period
        Encounter.participant
          type*:CodeableConcept period:Period individual:Reference
        Encounter.diagnosis
          condition!:Reference use:CodeableConcept rank:positiveInt
        Encounter.hospitalization
          preAdmissionIdentifier:Identifier origin:Reference admitSource:CodeableConcept
          reAdmission:CodeableConcept dietPreference*:CodeableConcept
          specialCourtesy*:CodeableConcept specialArrangement*:CodeableConcept
          destination:Reference dischargeDisposition:CodeableConcept
        Encounter.location
          location!:Reference status:(planned|active|reserved|completed)
          physicalType:CodeableConcept period:Period
        Condition
          identifier*:Identifier clinicalStatus:CodeableConcept verificationStatus:CodeableConcept
          category*:CodeableConcept severity:CodeableConcept code:CodeableConcept
          bodySite*:CodeableConcept subject!:Reference encounter:Reference
          onset[x]:dateTime,Age,Period,Range,string abatement[x]:dateTime,Age,Period,Range,string
          recordedDate:dateTime recorder:Reference asserter:Reference stage*:Condition.stage
          evidence*:Condition.evidence note*:Annotation
        Condition.stage
          summary:CodeableConcept assessment*:Reference type:CodeableConcept
        Condition.evidence
          code*:CodeableConcept detail*:Reference
        Observation
          identifier*:Identifier basedOn*:Reference partOf*:Reference
          status!:(registered|preliminary|final|amended|corrected|cancelled|entered-in-error|\
        unknown)
          category*:CodeableConcept code!:CodeableConcept subject:Reference focus*:Reference
          encounter:Reference effective[x]:dateTime,Period,instant issued:instant
          performer*:Reference
          value[x]:Quantity,CodeableConcept,string,boolean,integer,Range,Ratio,SampledData,time,\
        dateTime,Period
          dataAbsentReason:CodeableConcept interpretation*:CodeableConcept note*:Annotation bodySite:CodeableConcept
          method:CodeableConcept specimen:Reference device:Reference
          referenceRange*:Observation.referenceRange hasMember*:Reference derivedFrom*:Reference
          component*:Observation.component
        Observation.referenceRange
          low:Quantity high:Quantity type:CodeableConcept appliesTo*:CodeableConcept age:Range
          text:string
        Observation.component
          code!:CodeableConcept
          value[x]:Quantity,CodeableConcept,string,boolean,integer,Range,Ratio,SampledData,time,\
        dateTime,Period
          dataAbsentReason:CodeableConcept interpretation*:CodeableConcept
          referenceRange*:Observation.referenceRange
        DiagnosticReport
          identifier*:Identifier basedOn*:Reference
          status!:(registered|partial|preliminary|final|amended|corrected|appended|cancelled|\
        entered-in-error|unknown)
          category*:CodeableConcept code!:CodeableConcept subject:Reference encounter:Reference
          effective[x]:dateTime,Period issued:instant performer*:Reference
          resultsInterpreter*:Reference specimen*:Reference result*:Reference
          imagingStudy*:Reference media*:DiagnosticReport.media conclusion:string
          conclusionCode*:CodeableConcept presentedForm*:Attachment
        DiagnosticReport.media
          comment:string link!:Reference
        MedicationRequest
          identifier*:Identifier
          status!:(active|on-hold|cancelled|completed|entered-in-error|stopped|draft|unknown)
          statusReason:CodeableConcept
          intent!:(proposal|plan|order|original-order|reflex-order|filler-order|instance-order|\
        option)
          category*:CodeableConcept priority:(routine|urgent|asap|stat) doNotPerform:boolean
          reported[x]:boolean,Reference medication[x]!:CodeableConcept,Reference subject!:Reference
          encounter:Reference supportingInformation*:Reference authoredOn:dateTime
          requester:Reference performer:Reference performerType:CodeableConcept recorder:Reference
          reasonCode*:CodeableConcept reasonReference*:Reference instantiatesCanonical*:canonical
          instantiatesUri*:uri basedOn*:Reference groupIdentifier:Identifier
          courseOfTherapyType:CodeableConcept insurance*:Reference note*:Annotation
          dosageInstruction*:Dosage dispenseRequest:MedicationRequest.dispenseRequest
          substitution:MedicationRequest.substitution priorPrescription:Reference
          detectedIssue*:Reference eventHistory*:Reference
        MedicationRequest.dispenseRequest
          initialFill:MedicationRequest.dispenseRequest.initialFill dispenseInterval:Duration
          validityPeriod:Period numberOfRepeatsAllowed:unsignedInt quantity:Quantity
          expectedSupplyDuration:Duration performer:Reference
        MedicationRequest.dispenseRequest.initialFill
          quantity:Quantity duration:Duration
        MedicationRequest.substitution
          allowed[x]!:boolean,CodeableConcept reason:CodeableConcept
        AllergyIntolerance
          identifier*:Identifier clinicalStatus:CodeableConcept verificationStatus:CodeableConcept
          type:(allergy|intolerance) category*:(food|medication|environment|biologic)
          criticality:(low|high|unable-to-assess) code:CodeableConcept patient!:Reference
          encounter:Reference onset[x]:dateTime,Age,Period,Range,string recordedDate:dateTime
          recorder:Reference asserter:Reference lastOccurrence:dateTime note*:Annotation
          reaction*:AllergyIntolerance.reaction
        AllergyIntolerance.reaction
          substance:CodeableConcept manifestation*!:CodeableConcept description:string
          onset:dateTime severity:(mild|moderate|severe) exposureRoute:CodeableConcept
          note*:Annotation
        Medication
          identifier*:Identifier code:CodeableConcept status:(active|inactive)
          manufacturer:Reference form:CodeableConcept amount:Ratio
          ingredient*:Medication.ingredient batch:Medication.batch
        Medication.ingredient
          item[x]!:CodeableConcept,Reference isActive:boolean strength:Ratio
        Medication.batch
          lotNumber:string expirationDate:dateTime
        Practitioner
          identifier*:Identifier active:boolean name*:HumanName telecom*:ContactPoint
          address*:Address gender:(male|female|other|unknown) birthDate:date photo*:Attachment
          qualification*:Practitioner.qualification communication*:CodeableConcept
        Practitioner.qualification
          identifier*:Identifier code!:CodeableConcept period:Period issuer:Reference
        PractitionerRole
          identifier*:Identifier active:boolean period:Period practitioner:Reference
          organization:Reference code*:CodeableConcept specialty*:CodeableConcept
          location*:Reference healthcareService*:Reference telecom*:ContactPoint
          availabilityExceptions:string endpoint*:Reference
        Organization
          identifier*:Identifier active:boolean type*:CodeableConcept name:string alias*:string
          telecom*:ContactPoint address*:Address partOf:Reference contact*:Organization.contact
          endpoint*:Reference
        Organization.contact
          purpose:CodeableConcept name:HumanName telecom*:ContactPoint address:Address
        Location
          identifier*:Identifier status:(active|suspended|inactive) operationalStatus:Coding
          name:string alias*:string description:string mode:(instance|kind) type*:CodeableConcept
          telecom*:ContactPoint address:Address physicalType:CodeableConcept
          position:Location.position managingOrganization:Reference partOf:Reference
          availabilityExceptions:string endpoint*:Reference
        Location.position
          longitude!:decimal latitude!:decimal altitude:decimal
        Specimen
          identifier*:Identifier accessionIdentifier:Identifier
          status:(available|unavailable|unsatisfactory) type:CodeableConcept subject:Reference
          receivedTime:dateTime parent*:Reference request*:Reference
          collection:Specimen.collection processing*:Specimen.processing
          container*:Specimen.container condition*:CodeableConcept note*:Annotation
        Specimen.collection
          collector:Reference collected[x]:dateTime,Period duration:Duration quantity:Quantity
          method:CodeableConcept bodySite:CodeableConcept
          fastingStatus[x]:CodeableConcept,Duration
        Specimen.processing
          description:string procedure:CodeableConcept additive*:Reference time[x]:dateTime,Period
        Specimen.container
          identifier*:Identifier description:string type:CodeableConcept capacity:Quantity
          specimenQuantity:Quantity additive[x]:CodeableConcept,Reference
        Device
          identifier*:Identifier status:(active|inactive|unknown) statusReason*:CodeableConcept
          distinctIdentifier:string manufacturer:string manufactureDate:dateTime
          expirationDate:dateTime lotNumber:string serialNumber:string
          deviceName*:Device.deviceName modelNumber:string partNumber:string type:CodeableConcept
          patient:Reference owner:Reference contact*:ContactPoint location:Reference url:uri
          note*:Annotation safety*:CodeableConcept parent:Reference
        Device.deviceName
          name!:string
          type!:(udi-label-name|user-friendly-name|patient-reported-name|manufacturer-name|\
        model-name|other)
        Bundle
          meta:Meta language:code identifier:Identifier type!:code timestamp:instant
          link*:Bundle.link
        Bundle.link
          relation!:string url!:uri
        Bundle.entry
          link*:Bundle.link fullUrl:uri request:Bundle.entry.request
        Bundle.entry.request
          method!:code url!:uri ifNoneExist:string
        Meta
          versionId:id lastUpdated:instant source:uri profile*:canonical security*:Coding
          tag*:Coding
        Narrative
          status!:(generated|extensions|additional|empty) div!:xhtml
        Extension
          url!:string
          value[x]:base64Binary,boolean,canonical,code,date,dateTime,decimal,id,instant,integer,\
        markdown,oid,positiveInt,string,time,unsignedInt,uri,url,uuid,Address,Age,Annotation,\
        Attachment,CodeableConcept,Coding,ContactPoint,Count,Distance,Duration,HumanName,\
        Identifier,Money,Period,Quantity,Range,Ratio,Reference,SampledData,Timing,Dosage,Meta
        Identifier
          use:(usual|official|temp|secondary|old) type:CodeableConcept system:uri value:string
          period:Period assigner:Reference
        HumanName
          use:(usual|official|temp|nickname|anonymous|old|maiden) text:string family:string
          given*:string prefix*:string suffix*:string period:Period
        ContactPoint
          system:(phone|fax|email|pager|url|sms|other) value:string use:(home|work|temp|old|mobile)
          rank:positiveInt period:Period
        Address
          use:(home|work|temp|old|billing) type:(postal|physical|both) text:string line*:string
          city:string district:string state:string postalCode:string country:string period:Period
        CodeableConcept
          coding*:Coding text:string
        Attachment
          contentType:code language:code data:base64Binary url:url size:unsignedInt
          hash:base64Binary title:string creation:dateTime
        Reference
          reference:string type:uri identifier:Identifier display:string
        Period
          start:dateTime end:dateTime
        Coding
          system:uri version:string code:code display:string userSelected:boolean
        Duration
          value:decimal comparator:(<|<=|>=|>) unit:string system:uri code:code
        Age
          value:decimal comparator:(<|<=|>=|>) unit:string system:uri code:code
        Range
          low:Quantity high:Quantity
        Annotation
          author[x]:Reference,string time:dateTime text!:markdown
        Timing
          event*:dateTime repeat:Timing.repeat code:CodeableConcept
        Timing.repeat
          bounds[x]:Duration,Range,Period count:positiveInt countMax:positiveInt duration:decimal
          durationMax:decimal durationUnit:(s|min|h|d|wk|mo|a) frequency:positiveInt
          frequencyMax:positiveInt period:decimal periodMax:decimal periodUnit:(s|min|h|d|wk|mo|a)
          dayOfWeek*:(mon|tue|wed|thu|fri|sat|sun) timeOfDay*:time
          when*:(MORN|MORN.early|MORN.late|NOON|AFT|AFT.early|AFT.late|EVE|EVE.early|EVE.late|\
        NIGHT|PHS|HS|WAKE|C|CM|CD|CV|AC|ACM|ACD|ACV|PC|PCM|PCD|PCV)
          offset:unsignedInt
        Quantity
          value:decimal comparator:(<|<=|>=|>) unit:string system:uri code:code
        Ratio
          numerator:Quantity denominator:Quantity
        SampledData
          origin!:Quantity period!:decimal factor:decimal lowerLimit:decimal upperLimit:decimal
          dimensions!:positiveInt data:string
        Dosage
          sequence:integer text:string additionalInstruction*:CodeableConcept
          patientInstruction:string timing:Timing asNeeded[x]:boolean,CodeableConcept
          site:CodeableConcept route:CodeableConcept method:CodeableConcept
          doseAndRate*:Dosage.doseAndRate maxDosePerPeriod:Ratio maxDosePerAdministration:Quantity
          maxDosePerLifetime:Quantity
        Dosage.doseAndRate
          type:CodeableConcept dose[x]:Range,Quantity rate[x]:Ratio,Range,Quantity
        Count
          value:decimal comparator:(<|<=|>=|>) unit:string system:uri code:code
        Distance
          value:decimal comparator:(<|<=|>=|>) unit:string system:uri code:code
        Money
          value:decimal currency:code
        """
}
