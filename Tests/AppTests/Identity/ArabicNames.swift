/// Arabic names in both scripts, and the spellings of each.
enum ArabicNames {
    static let groups = [
        NameGroup(
            "hamza, alif maqsura, ta marbuta, points and tatweel", .same,
            """
            أحمد = احمد, أَحْمَد, احـمد; إبراهيم = ابراهيم, إِبْرَاهِيم; آمنة = امنة, آمنه, امنه; أسماء = اسماء
            فاطمة = فاطمه, فَاطِمَة; يحيى = يحيي; مصطفى = مصطفي; هدى = هدي; ليلى = ليلي; موسى = موسي
            عيسى = عيسي; خديجة = خديجه; عائشة = عايشة, عائشه; مؤمن = مومن; محمد = مُحَمَّد, محـمـد, محمــد
            إسماعيل = اسماعيل; أيوب = ايوب; إدريس = ادريس; أنور = انور; إيمان = ايمان; أمينة = امينه
            سارة = ساره; نورة = نوره; حليمة = حليمه; جميلة = جميله; مها = مَها; سلمى = سلمي; منى = مني
            علي = علی, عَلِيّ; كريم = کریم, كَرِيم; يوسف = یوسف; هالة = هاله; رقية = رقيه; لؤي = لوي
            """),
        NameGroup(
            "spaces, articles and particles", .same,
            """
            عبد الله = عبدالله, عبداللّه; عبد الرحمن = عبدالرحمن; عبد العزيز = عبدالعزيز
            عبد الكريم = عبدالكريم; عبد الرحيم = عبدالرحيم; عبد القادر = عبدالقادر; عبد اللطيف = عبداللطيف
            عبد المجيد = عبدالمجيد; عبد السلام = عبدالسلام; عبد الوهاب = عبدالوهاب; أبو بكر = ابوبكر, أبوبكر
            العتيبي = عتيبي; القحطاني = قحطاني; الغامدي = غامدي; الزهراني = زهراني; الحربي = حربي
            الدوسري = دوسري; الشمري = شمري; المطيري = مطيري; الشهري = شهري; العنزي = عنزي
            خالد بن سعود = خالد سعود, سعود خالد; محمد بن علي = محمد علي; نورة بنت فهد = نوره فهد
            Khalid bin Saud = Khalid Saud; Noura bint Fahd = Noura Fahd; Ali ibn Omar = Ali Omar
            Mohamed ould Ahmed = Mohamed Ahmed; Ben Ali = Ali; Mariam mint Sidi = Mariam Sidi
            Al-Otaibi = Otaibi, Al Otaibi, Alotaibi; El Khatib = Khatib, Al-Khatib, Alkhatib
            Ash-Shehri = Shehri, Al-Shehri, Alshehri; As-Sulami = Sulami; Al-Ghamdi = Alghamdi, Ghamdi
            Al-Qahtani = Alqahtani, Qahtani; Al Zahrani = Alzahrani; Al-Harbi = Alharbi, Harbi
            Abd al-Rahman = Abdulrahman, Abdel Rahman, Abdurrahman, Abderrahman, Abdul Rahman
            Abd Allah = Abdullah, Abdallah, Abdulla; Abdel Aziz = Abdulaziz, Abd al-Aziz, Abdelaziz
            Abdul Karim = Abdelkarim, Abdulkareem; Abdel Kader = Abdulkader, Abdulqadir
            """),
        NameGroup(
            "Latin spellings of men's names", .same,
            """
            Mohammed = Muhammad, Mohamad, Mohamed, Muhammed, Mohammad; Mahmoud = Mahmud, Mahmood
            Ahmed = Ahmad, Ahmet; Yousef = Yusuf, Youssef, Yousuf; Khalid = Khaled; Khalil = Khaleel
            Omar = Umar, Omer; Othman = Osman, Uthman; Hussein = Husain, Hussain, Hossein
            Hassan = Hasan; Ibrahim = Ibraheem, Ebrahim; Ismail = Ismael, Esmail; Sulaiman = Suleiman
            Saeed = Said, Saied; Saud = Saoud; Fahad = Fahd; Faisal = Faysal, Feisal
            Nasser = Nasir, Naser; Majed = Majid; Rashid = Rasheed, Rachid
            Tariq = Tarek, Tareq; Jamal = Gamal, Djamal; Jamil = Jameel; Salem = Salim; Saleem = Seleem
            Sami = Samy; Samir = Sameer; Waleed = Walid, Oualid; Yasser = Yasir, Yaser; Ziad = Ziyad
            Bandar = Bander; Turki = Turky; Sultan = Soltan; Mansour = Mansoor
            Qasim = Kassim, Qassem; Mustafa = Moustafa, Mostafa; Hisham = Hesham, Hicham
            Ayman = Aiman; Bassam = Basam; Ayoub = Ayyub, Ayub; Idris = Idriss, Edris; Marwan = Merouane
            Anwar = Anouar; Fouad = Fuad; Munir = Mounir, Moneer; Nabil = Nabeel; Adel = Adil
            Ammar = Amar; Hatem = Hatim; Hamza = Hamzah; Osama = Usama, Oussama
            """),
        NameGroup(
            "Latin spellings of women's names", .same,
            """
            Fatima = Fatimah, Fatma, Fatema; Aisha = Aysha, Aicha, Ayesha; Maryam = Mariam, Meriem
            Khadija = Khadijah, Khadidja; Zainab = Zaynab, Zeinab; Amina = Aminah, Ameena
            Sara = Sarah; Noura = Norah, Nora; Layla = Leila, Laila; Huda = Hoda, Houda; Mona = Muna, Mouna
            Salma = Selma; Nadia = Nadya; Samira = Sameera; Jamila = Jameela; Karima = Kareema
            Reem = Rim, Rym; Haya = Hayaa; Hind = Hend; Abeer = Abir; Asma = Asmaa
            Ruqayya = Rokaya, Ruqaya; Shaima = Shaimaa, Chaima; Hanan = Hanane; Iman = Eman, Imane
            Latifa = Latifah; Munira = Mounira, Moneera; Najla = Najlaa; Wafa = Wafaa
            """),
        NameGroup(
            "both scripts, men", .same,
            """
            محمد = Mohammed, Muhammad, Mamadou; محمود = Mahmoud, Mahmud; أحمد = Ahmed, Ahmad; حميد = Hamid
            يوسف = Yousef, Yusuf; إبراهيم = Ibrahim; إسماعيل = Ismail; علي = Ali, Aly; عمر = Omar, Umar
            عثمان = Othman, Ousmane; حسن = Hassan; حسين = Hussein; خالد = Khalid, Khaled; خليل = Khalil
            صالح = Saleh, Salihou; سالم = Salem; سليم = Saleem; سليمان = Sulaiman; سعيد = Saeed; سعد = Saad
            سعود = Saud; فهد = Fahad; فيصل = Faisal; ناصر = Nasser; ماجد = Majed; رشيد = Rashid; راشد = Rashed
            طارق = Tariq; عبدالله = Abdullah, Abdoulaye; عبدالرحمن = Abdulrahman; عبدالعزيز = Abdulaziz
            عبد الكريم = Abdulkarim; جمال = Jamal; جميل = Jamil; موسى = Moussa; عيسى = Issa; يحيى = Yahya
            يعقوب = Yacoub; أبو بكر = Abubakar; سامي = Sami; سمير = Samir; وليد = Waleed; ياسر = Yasser
            زياد = Ziad; سلطان = Sultan; منصور = Mansour; قاسم = Qasim; مصطفى = Mustafa; هشام = Hisham
            أيمن = Ayman; أيوب = Ayoub; إدريس = Idris; مروان = Marwan; أنور = Anwar; فؤاد = Fouad
            منير = Munir; نبيل = Nabil; عادل = Adel; عامر = Amer; عمار = Ammar; حمزة = Hamza; أسامة = Osama; حاتم = Hatem
            """),
        NameGroup(
            "both scripts, women and families", .same,
            """
            فاطمة = Fatima, Fatimah; عائشة = Aisha; مريم = Maryam; خديجة = Khadija; زينب = Zainab
            أمينة = Amina; آمنة = Amna; حليمة = Halima; سارة = Sara; نورة = Noura; ليلى = Layla; أسماء = Asma
            جميلة = Jamila; هدى = Huda; منى = Mona; سلمى = Salma; سميرة = Samira; ريم = Reem; هند = Hind
            عبير = Abeer; حنان = Hanan; إيمان = Iman; لطيفة = Latifa; رقية = Ruqayya
            العتيبي = Al-Otaibi, Alotaibi, Oteibi; القحطاني = Al-Qahtani, Kahtani; الغامدي = Alghamdi
            الزهراني = Al-Zahrani; الشهري = Al-Shehri, Shahri; الدوسري = Al-Dosari, Aldossary
            الشمري = Al-Shammari; المطيري = Almutairi; الحربي = Al-Harbi; العنزي = Al-Anazi, Enezi
            العسيري = Asiri, Aseeri; القرني = Al-Qarni; الرشيدي = Al-Rashidi; المالكي = Al-Malki
            """),
        NameGroup(
            "traditional and modern letters", .same,
            """
            إسحاق = إسحق; عبدالرحمان = عبدالرحمن; داوود = داود; هارون = هرون; إسماعيل = إسمعيل
            """),
        NameGroup(
            "names that no table knows, by ear", .near,
            """
            شاكر = Shaker; بلال = Bilal; توفيق = Tawfik; جابر = Jaber; رامي = Rami; فارس = Fares
            كمال = Kamal; لقمان = Luqman; نزار = Nizar; وسيم = Wassim; بدر = Badr
            صابر = Saber; غسان = Ghassan; زكريا = Zakaria; رياض = Riyad; عزيز = Aziz; مازن = Mazen
            الخطيب = Al-Khatib; النجار = Al-Najjar; البغدادي = Al-Baghdadi; المصري = Al-Masri
            Ali = Ali Hassan; فاطمة الزهراء = فاطمة; عبد الله = عبد الله محمد
            Tawfik = Tawfiq; Ghassan = Gassan; Shaker = Chaker; Bilal = Billal; Badr = Bader
            القرشي = ?القريشي; الأنصاري = الانصاري بن علي; Sharif = Shareef
            """),
        NameGroup(
            "one letter between two men", .different,
            """
            محمد = محمود, حمد, أحمد, محمدين; محمود = حمود, أحمد; حسن = حسين, حسان; سالم = سليم, سلمان, سلام
            ناصر = نصر, نصير; سعد = سعيد, سعود, سعدون; رشيد = راشد, رشاد; ماجد = مجيد, مجد; حامد = حميد, حمد
            عامر = عمر, عمار, عمرو; زيد = زياد, يزيد, زايد; خالد = خلاد, خليل; كريم = كرم, كرار; فهد = فهيد, فهاد
            سامي = سمير, سامر; جمال = جميل, كمال; طلال = هلال, بلال; عادل = عدل, عدلي; بدر = بدران; نايف = نواف
            مازن = يزن; طارق = طريق; حمزة = حمدي; هاني = هادي; عمار = عمر, عمران; منير = منصور; نبيل = نائل
            سلطان = سلمان; وليد = خالد; عبدالله = عبدالإله; عبدالرحمن = عبدالرحيم; عبدالعزيز = عبدالكريم
            عبدالمجيد = عبدالحميد; يونس = يوسف; إسحاق = إسماعيل; إدريس = إلياس; جابر = جبر, جبير; صابر = صبري
            """),
        NameGroup(
            "one letter between two women", .different,
            """
            فاطمة = فطيمة; أمينة = آمنة, أمنية; نور = نورة, نوف, أنوار; سارة = سمارة, سرى; هند = هناء, هنادي
            منى = مها, منال; ريم = مريم, ريما; لمى = لمياء; أمل = آمال; سلمى = سلامة, سليمة; حليمة = حكيمة
            جميلة = جمانة; سميرة = سمر, أميرة; خديجة = خلود; زينب = زينة; هدى = ندى
            ليلى = ليان; رقية = رضية; نادية = ندية; شيماء = سيماء; حنان = حنين; عبير = عبلة; لطيفة = لطفية
            """),
        NameGroup(
            "one letter, in Latin letters or across", .different,
            """
            Mohammed = Mahmoud, Hamad, محمود; Hassan = Hussein, حسين, Hassoun; Salem = Saleem, Salman, سليم
            Nasser = Nasr, نصر; Saad = Saeed, Saud, سعيد; Rashid = Rashad, راشد; Majed = Majeed, مجيد
            Hamed = Hamid, Hamad, حميد; Amer = Omar, Ammar, عمر; Khalid = Khalil, خليل; Jamal = Jamil, جميل
            Sami = Samir, Samer; Ahmed = Mohammed, Hamid, محمد; Ali = Alia, Alim; Yousef = Younes
            Abdullah = Abdulrahman, Abdelaziz, عبدالعزيز; Sultan = Salman; Tariq = Turki; Adel = Adnan
            Amina = Amna, آمنة; Noura = Noor, Nouf, نور; Maryam = Marwa, Reem; Huda = Nada, Hind
            Layla = Lama; Salma = Salwa, Samira; Hanan = Haneen; Aisha = Asma; Munira = Mona; Fatima = Fadia
            Otaibi = Qahtani, Harbi; Ghamdi = Zahrani; Dosari = Shammari, Shehri
            """),
    ]
}
