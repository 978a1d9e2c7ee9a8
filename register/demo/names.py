"""Names as England has them: from many places, with accents, apostrophes and hyphens, and some in other letters."""

from typing import NamedTuple


class Origin(NamedTuple):
    """Where a name comes from: how often, whose, and how given and family names go together."""

    weight: float
    nationalities: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    families: tuple[str, ...]
    men_s_families: tuple[str, ...] = ()
    """Where a family name has another form for men."""


def _origin(weight: float, *lists: str) -> Origin:
    return Origin(weight, *map(_split, lists))


def _split(told: str) -> tuple[str, ...]:
    return tuple(name for part in told.split(",") if (name := " ".join(part.split())))


ORIGINS = (
    _origin(
        46,
        "British, British, British, British, British, Irish",
        """Abigail, Alexandra, Alice, Alison, Amanda, Amy, Andrea, Angela, Anna, Beth, Beverley, Bridget, Carol, Caroline, Catherine,
        Charlotte, Chloe, Christine, Claire, Daisy, Danielle, Dawn, Debbie, Deborah, Donna, Eleanor, Elizabeth, Ellie, Emily, Emma,
        Esther, Faye, Fiona, Frances, Gail, Gemma, Georgia, Gillian, Grace, Hannah, Harriet, Hayley, Hazel, Heather, Helen, Holly,
        Jacqueline, Jade, Jane, Janet, Jennifer, Jessica, Joanne, Julie, Karen, Kate, Kathryn, Kayleigh, Kelly, Kerry, Kimberley,
        Laura, Leanne, Lesley, Linda, Lisa, Lorraine, Louise, Lucy, Lynn, Maria, Marie, Martha, Mary, Maureen, Melanie, Michelle,
        Molly, Naomi, Natalie, Nicola, Olivia, Pamela, Paula, Rachel, Rebecca, Rosemary, Ruth, Sally, Samantha, Sandra, Sarah,
        Sharon, Sheila, Sophie, Stacey, Stephanie, Susan, Tanya, Tracey, Vanessa, Victoria, Wendy, Yvonne, Zoë""",
        """Aaron, Adam, Alan, Alexander, Andrew, Anthony, Barry, Ben, Bradley, Brian, Callum, Charles, Christopher, Colin, Connor,
        Craig, Dale, Daniel, Darren, David, Dean, Derek, Dominic, Douglas, Edward, Elliot, Francis, Gareth, Gary, Geoffrey, George,
        Glen, Graham, Gregory, Harry, Henry, Ian, Jack, Jake, James, Jamie, Jason, Jonathan, Joseph, Joshua, Keith, Kenneth, Kevin,
        Kieran, Lee, Leon, Lewis, Liam, Luke, Malcolm, Marcus, Mark, Martin, Matthew, Michael, Nathan, Neil, Nicholas, Nigel,
        Oliver, Patrick, Paul, Peter, Philip, Raymond, Richard, Robert, Roger, Ross, Russell, Ryan, Samuel, Scott, Sean, Shaun,
        Simon, Stephen, Steven, Stuart, Terence, Thomas, Timothy, Trevor, Victor, Warren, Wayne, William""",
        """Abbott, Adams, Allen, Anderson, Armitage, Ashworth, Atkinson, Bailey, Baker, Barker, Barnes, Bates, Beaumont, Bell, Bennett,
        Berry, Birch, Booth, Bradley, Bradshaw, Brook, Brown, Burgess, Burton, Butcher, Carr, Carter, Chadwick, Chapman, Clarke,
        Clayton, Cole, Collins, Cooper, Crossley, Cunningham, Dawson, Dean, Dixon, Dobson, Earnshaw, Ellis, Fairclough, Farrow,
        Fenwick, Fielding, Fisher, Fletcher, Foster, Fox, Gibson, Gill, Goddard, Green, Greenwood, Hall, Hargreaves, Harris, Harrison,
        Hart, Hartley, Heaton, Higgins, Hill, Hobson, Holden, Holt, Hopkins, Horne, Howarth, Hudson, Hunter, Jackson, Jarvis, Jenkinson,
        Johnson, Kay, Kemp, Kershaw, King, Kirk, Knight, Lamb, Lawson, Leach, Lister, Lloyd, Lowe, Marsden, Marsh, Marshall, Mason,
        Metcalfe, Middleton, Mills, Mitchell, Moore, Morley, Naylor, Newton, Nixon, Norris, Nuttall, Oakes, Ogden, Osborne, Palmer,
        Parker, Parkin, Pearson, Pickering, Pollard, Porter, Potter, Radcliffe, Rawson, Reynolds, Richardson, Riley, Robinson, Rose,
        Rowe, Sanders, Savage, Saxton, Scholes, Shaw, Shepherd, Simpson, Slater, Smith, Spencer, Stead, Stone, Sutcliffe, Swift,
        Sykes, Tanner, Taylor, Thompson, Thornton, Tomlinson, Townsend, Turner, Tyler, Underwood, Varley, Wade, Walker, Walton,
        Ward, Waterhouse, Watson, Webb, Wheeler, Whitaker, White, Whittle, Wilkinson, Wilson, Winter, Wood, Woodhead, Wright,
        Yates, Young""",
    ),
    _origin(
        7,
        "British, Irish",
        """Aisling, Aoife, Áine, Bernadette, Bríd, Caoimhe, Ciara, Clodagh, Deirdre, Éilis, Eimear, Fionnuala, Gráinne, Maeve, Máire,
        Niamh, Nóirín, Nuala, Órla, Róisín, Saoirse, Siobhán, Sinéad, Sorcha""",
        """Aidan, Brendan, Cathal, Ciarán, Colm, Conor, Cormac, Declan, Diarmuid, Donal, Eoin, Fergal, Fionn, Gearóid, Lorcan, Niall,
        Oisín, Pádraig, Rory, Ruairí, Séamus, Seán, Tadhg""",
        """Brennan, Byrne, Casey, Coyle, D’Arcy, Daly, de Búrca, Doherty, Donnelly, Doyle, Fitzgerald, Flaherty, Gallagher, Kavanagh,
        Kelly, Keogh, Lynch, Mac Giolla Phádraig, MacNamara, McCarthy, McGrath, McLoughlin, Murphy, Ní Bhriain, Nolan, O’Brien,
        O’Callaghan, O’Connor, O’Doherty, O’Donnell, O’Hara, O’Leary, O’Neill, O’Reilly, Ó Súilleabháin, O'Sullivan, Quinn, Ryan,
        Sweeney, Tierney""",
    ),
    _origin(
        5,
        "British",
        """Angharad, Bethan, Carys, Cerys, Eirlys, Elin, Ffion, Gwen, Gwenllian, Lowri, Megan, Mair, Nerys, Rhian, Rhiannon, Seren, Siân,
        Ailsa, Catriona, Eilidh, Elspeth, Iona, Isla, Kirsty, Mairi, Mhairi, Morag, Morven, Shona""",
        """Aled, Bryn, Dafydd, Dewi, Emyr, Gethin, Gruffydd, Gwilym, Hywel, Ieuan, Iolo, Llŷr, Owain, Rhodri, Rhys, Siôn, Tomos, Alasdair,
        Angus, Calum, Duncan, Ewan, Fraser, Gordon, Hamish, Iain, Lachlan, Murdo, Ruaridh""",
        """ap Rhys, Bevan, Davies, Edwards, Ellis-Jones, Evans, Griffiths, Gwynne, Howell, Hughes, Jenkins, Jones, Lewis, Llewelyn,
        Meredith, Morgan, Owen, Parry, Powell, Price, Pugh, Rees, Roberts, Thomas, Williams, Campbell, Drummond, Ferguson, Forbes,
        Fraser, Gillespie, Kerr, MacDonald, MacLeod, MacKenzie, McAllister, McIntyre, McKay, Menzies, Munro, Ross, Sinclair,
        Sutherland, Urquhart""",
    ),
    _origin(
        5,
        "British, Pakistani, British",
        """Aaliyah, Aisha, Amina, Ayesha, Farah, Fatima, Hafsa, Iqra, Khadija, Maryam, Mehreen, Nadia, Nasreen, Rabia, Rukhsana, Saima,
        Samina, Sana, Shazia, Sumaira, Zainab, Zara""",
        """Abdul, Adeel, Ahmed, Ali, Arif, Asif, Bilal, Faisal, Hamza, Haroon, Imran, Irfan, Kashif, Majid, Mohammed, Nadeem, Naveed,
        Omar, Qasim, Rashid, Sajid, Shahid, Tariq, Usman, Waqas, Yasir, Zahid""",
        """Abbasi, Ahmed, Akhtar, Ali, Anwar, Ashraf, Aslam, Aziz, Bashir, Begum, Bhatti, Butt, Chaudhry, Dar, Farooq, Hussain, Iqbal,
        Javed, Kayani, Khan, Mahmood, Malik, Mirza, Mughal, Nawaz, Qureshi, Rafiq, Rehman, Saeed, Shah, Sheikh, Siddiqui, Yousaf""",
    ),
    _origin(
        5,
        "British, Indian",
        """Amrita, Anjali, Balwinder, Bhavna, Deepa, Divya, Gurpreet, Harpreet, Hema, Jasmeet, Kavita, Kiran, Lakshmi, Manpreet, Meera,
        Neha, Nisha, Pooja, Priya, Rajinder, Rupinder, Sangeeta, Shreya, Simran, Sunita, Usha""",
        """Ajay, Amardeep, Anand, Arjun, Ashok, Baljit, Dinesh, Gurdeep, Harjit, Inderjit, Jaspal, Kuldeep, Manjit, Nikhil, Paramjit,
        Pradeep, Rajesh, Rakesh, Sandeep, Sanjay, Sukhvinder, Suresh, Vijay, Vikram""",
        """Acharya, Bains, Chauhan, Desai, Dhaliwal, Dhillon, Gandhi, Gill, Grewal, Gupta, Iyer, Joshi, Kapoor, Kaur, Lad, Mehta, Mistry,
        Nair, Panchal, Parmar, Patel, Patil, Pillai, Rai, Rana, Rao, Reddy, Sandhu, Shah, Sharma, Sidhu, Singh, Solanki,
        Subramaniam, Thakur, Venkataraman, Verma, Virdi""",
    ),
    _origin(
        4,
        "British, Nigerian, British",
        """Abosede, Adaeze, Adébísí, Adunni, Amaka, Bọ́lá, Chiamaka, Chidinma, Chinwe, Ebele, Fọláṣadé, Funmilayo, Ifeoma, Ìbùkún, Ngozi,
        Nkechi, Olúwaṣeun, Ọmọlará, Patience, Temitope, Titilayo, Uchenna, Yetunde""",
        """Adébáyò, Ayọ̀dèjì, Babatunde, Chidi, Chukwuemeka, Emeka, Femi, Ikenna, Kayode, Kelechi, Nnamdi, Obinna, Ọládélé, Olumide,
        Oluwadamilare, Ṣọlá, Tobi, Tunde, Ugochukwu, Victor, Wálé""",
        """Abiọ́lá, Achebe, Adébáyò, Adeleke, Adéyẹmí, Afọlabí, Ajayi, Akinyẹlé, Amadi, Anyanwu, Balogun, Chukwu, Eze, Ezeokafor, Ìdòwú,
        Igwe, Madu, Nwachukwu, Nwosu, Obi, Ogunbanjo, Okafor, Okeke, Okonkwo, Okoro, Ọláyínká, Olawale, Onyekachi, Ọ̀ṣúndáre,
        Oyelaran, Ṣóyínká, Uche""",
    ),
    _origin(
        3.5,
        "British",
        """Althea, Beverly, Chantelle, Cherelle, Claudette, Coral, Denise, Dionne, Hyacinth, Jasmine, Kadeisha, Keisha, Latoya, Marcia,
        Merlene, Michaela, Monique, Natasha, Paulette, Sabrina, Shanice, Sonia, Tamika, Yolanda""",
        """Anton, Clive, Courtney, Delroy, Desmond, Devon, Dwayne, Everton, Fitzroy, Garfield, Jermaine, Kemar, Leroy, Linford, Marlon,
        Neville, Omari, Orville, Rohan, Tyrone, Vernon, Winston""",
        """Archibald, Barrett, Bogle, Brathwaite, Campbell, Clarke-Morrison, Cumberbatch, Dacosta, Daley, Edwards, Francis, Gayle, Gordon,
        Grant, Henry, Hylton, James, Joseph, Lashley, Linton, Marshall, Mullings, Nembhard, Palmer, Pinnock, Reid, Samuels,
        St Louis, St. Hilaire, Thorpe, Walcott, Whyte, Wynter""",
    ),
    _origin(
        3.5,
        "Polish, British, Polish",
        """Agnieszka, Aleksandra, Anna, Barbara, Beata, Bożena, Dorota, Elżbieta, Ewa, Gabriela, Grażyna, Iwona, Joanna, Justyna, Kasia,
        Katarzyna, Łucja, Magdalena, Małgorzata, Monika, Renata, Wioletta, Żaneta""",
        """Adam, Andrzej, Bartosz, Dariusz, Grzegorz, Jacek, Jakub, Jarosław, Krzysztof, Łukasz, Maciej, Marcin, Marek, Mateusz, Michał,
        Paweł, Piotr, Rafał, Sławomir, Tomasz, Wojciech, Zbigniew""",
        """Adamczyk, Błaszczyk, Chmiel, Dąbrowska, Gołąb, Grabowska, Jabłońska, Kaczmarek, Kamińska, Kowalska, Król, Krawczyk, Lewandowska,
        Łuczak, Mazur, Nowak, Ostrowska, Pawłowska, Przybysz, Różańska, Sikorska, Stępień, Szczęsna, Szymańska, Wiśniewska,
        Wójcik, Wróbel, Zając, Zielińska, Żuk""",
        """Adamczyk, Błaszczyk, Chmiel, Dąbrowski, Gołąb, Grabowski, Jabłoński, Kaczmarek, Kamiński, Kowalski, Król, Krawczyk, Lewandowski,
        Łuczak, Mazur, Nowak, Ostrowski, Pawłowski, Przybysz, Różański, Sikorski, Stępień, Szczęsny, Szymański, Wiśniewski,
        Wójcik, Wróbel, Zając, Zieliński, Żuk""",
    ),
    _origin(
        2,
        "British, Ghanaian",
        "Abena, Adwoa, Afia, Akosua, Akua, Ama, Efua, Esi, Gifty, Mercy, Naa, Serwaa, Yaa",
        "Agyei, Ekow, Fiifi, Kofi, Kojo, Kwabena, Kwadwo, Kwaku, Kwame, Kwasi, Nana, Yaw",
        """Acheampong, Adjei, Adomako, Agyemang, Amoah, Ansah, Appiah, Asante, Asiedu, Boakye, Boateng, Bonsu, Danso, Frimpong, Mensah,
        Nkrumah, Ofori-Atta, Opoku, Osei, Owusu, Quaye, Sarpong, Twumasi-Ankrah, Yeboah""",
    ),
    _origin(
        2,
        "Zimbabwean, British",
        """Chenai, Chipo, Fadzai, Kudzai, Nyasha, Nokuthula, Rudo, Ruvimbo, Rutendo, Sibongile, Tendai, Thandiwe, Tsitsi, Vimbai""",
        """Farai, Kudakwashe, Mandla, Munashe, Ngonidzashe, Simba, Takudzwa, Tapiwa, Tatenda, Themba, Tinashe, Tonderai""",
        """Chikwanha, Chirwa, Dube, Gumbo, Khumalo, Mapfumo, Maposa, Marufu, Moyo, Mpofu, Mudenda, Mugabe, Mutasa, Ncube, Ndlovu,
        Nkomo, Nyathi, Shumba, Sibanda, Zvobgo""",
    ),
    _origin(
        2,
        "British, Bangladeshi",
        "Afia, Anika, Farhana, Jannatul, Lubna, Mahmuda, Nazma, Nusrat, Rahima, Rehana, Sadia, Shapla, Sultana, Tahmina",
        "Abdur, Anwar, Faruk, Habibur, Jamal, Jahangir, Kamrul, Mizanur, Nurul, Rafiqul, Shafiq, Shahin, Tanvir, Zakir",
        "Ahmed, Akter, Alam, Ali, Begum, Bibi, Chowdhury, Das, Haque, Hossain, Islam, Karim, Khatun, Miah, Rahman, Sarker, Uddin, Ullah",
    ),
    _origin(
        2,
        "Romanian, British",
        "Adriana, Alina, Andreea, Bianca, Cătălina, Cristina, Daniela, Elena, Florența, Ioana, Iuliana, Mădălina, Mihaela, Raluca, Ștefania",
        "Adrian, Alexandru, Bogdan, Călin, Cătălin, Ciprian, Dragoș, Florin, Gheorghe, Ionuț, Marius, Mihai, Răzvan, Șerban, Vasile",
        "Albu, Bălan, Constantin, Dumitru, Florescu, Gheorghiu, Ionescu, Lupu, Mocanu, Munteanu, Niță, Popa, Popescu, Rădulescu, Stănescu, Țurcanu, Ungureanu, Vlădescu",
    ),
    _origin(
        1.6,
        "Portuguese, Brazilian, British",
        "Ana, Beatriz, Carla, Catarina, Conceição, Cristiana, Filipa, Helena, Inês, Joana, Luísa, Mariana, Raquel, Sónia, Vânia",
        "André, António, Bruno, Carlos, Diogo, Fábio, Gonçalo, Hélder, João, Luís, Miguel, Nuno, Paulo, Rui, Sérgio, Tiago",
        "Almeida, Brandão, Carvalho, Conceição, Correia, da Costa, da Silva, de Sousa, dos Santos, Esteves, Ferreira, Gonçalves, Lourenço, Magalhães, Mendonça, Neves, Pereira, Simões, Teixeira",
    ),
    _origin(
        1.5,
        "Spanish, Colombian, British",
        "Ángela, Begoña, Carmen, Consuelo, Inmaculada, Itziar, Lucía, Marisol, María José, Maite, Montserrat, Noemí, Pilar, Rocío, Verónica",
        "Álvaro, Andrés, Borja, Diego, Íñigo, Javier, Jesús, Joaquín, José María, Martín, Óscar, Pablo, Raúl, Rubén, Xavier",
        "Aguirre, Álvarez, Castaño, Echeverría, Fernández, García Lorca, García, Gómez, Ibáñez, Jiménez, López de Haro, Martínez, Muñoz, Núñez, Peña, Puig i Ferrer, Rodríguez, Sánchez, Vázquez, Zúñiga",
    ),
    _origin(
        1.5,
        "British, Syrian, Iraqi, Egyptian",
        "Amal, Dalia, Dina, Hala, Hanan, Iman, Jumana, Layla, Lina, Mona, Nour, Rania, Reem, Salma, Yasmin",
        "Adel, Bassam, Fadi, Ghassan, Hassan, Ibrahim, Jamil, Karim, Khaled, Mahmoud, Mustafa, Nabil, Samir, Wael, Youssef",
        "Abdel-Rahman, Abu Bakr, Al-Hashimi, Al-Khatib, al-Masri, Al-Sayed, Barakat, Darwish, El-Amin, El Sayed, Haddad, Hamdan, Ibn Yusuf, Khalil, Khoury, Mansour, Nasser, Saleh, Shaheen, Zidan",
    ),
    _origin(
        1.5,
        "British, Somali",
        "Amran, Asha, Ayaan, Deqa, Faduma, Hibo, Hodan, Idil, Ifrah, Ladan, Nimco, Sahra, Sagal, Ubax",
        "Abdi, Abdirahman, Bashir, Cabdulqaadir, Farah, Guled, Ismail, Liban, Mahad, Nuur, Omar, Warsame, Yusuf",
        "Abdi, Abdullahi, Ahmed, Ali, Dualeh, Elmi, Farah, Hassan, Hersi, Ismail, Jama, Mohamud, Nur, Osman, Shire, Warsame, Yusuf",
    ),
    _origin(
        1.4,
        "British, Turkish, Cypriot",
        "Aylin, Ayşe, Burcu, Çiğdem, Derya, Elif, Esra, Gülşen, Hülya, Nurgül, Özlem, Pınar, Şebnem, Tuğba, Zeynep",
        "Ahmet, Barış, Burak, Cem, Çağlar, Emre, Hakan, İbrahim, Kemal, Mehmet, Murat, Oğuz, Ömer, Serkan, Şükrü, Tolga",
        "Acar, Akın, Arslan, Aydın, Bozkurt, Çelik, Çetin, Demir, Doğan, Erdoğan, Güneş, Kaya, Kılıç, Öztürk, Polat, Şahin, Şimşek, Yıldız, Yılmaz",
    ),
    _origin(
        1.2,
        "British, Chinese, Hong Konger",
        "Bik Yee, Chun-Mei, Hoi Yan, Jiayi, Ka Man, Lai Ping, Li, Mei Ling, Sau Ying, Suk Han, Wai Yin, Wing Sze, Xiaolan, Xin Yi, Yue, Yu-Chen",
        "Bo, Chi Keung, Chun Kit, Hao, Jian, Ka Ho, Kai Ming, Kwok Wai, Lok Hin, Ming, Siu Lung, Wai Lun, Wei, Yat Sen, Yifan, Zhiwei",
        "Au-Yeung, Chan, Chen, Cheung, Chow, Fung, Ho, Hsieh, Huang, Kwok, Lam, Lau, Lee, Leung, Li, Lü, Ng, Ouyang, Szeto, Tang, Tsang, Wong, Wu, Xu, Yeung, Yu, Zhang, Zhào",
    ),
    _origin(
        1,
        "British, Vietnamese",
        "Ánh, Diệu, Hằng, Hoa, Hương, Lan, Liên, Linh, Mai, Ngọc, Nhung, Phượng, Quỳnh, Thảo, Thu Hà, Trang, Tuyết, Yến",
        "Anh, Bảo, Công, Cường, Đức, Dũng, Hải, Hiếu, Hùng, Khánh, Long, Minh, Nam, Phúc, Quân, Sơn, Thắng, Tuấn, Việt",
        "Bùi, Đặng, Đinh, Đỗ, Dương, Hoàng, Hồ, Huỳnh, Lê, Lý, Ngô, Nguyễn, Phạm, Phan, Trần, Trịnh, Võ, Vũ",
    ),
    _origin(
        1,
        "Lithuanian, Latvian, British",
        "Agnė, Aistė, Dovilė, Eglė, Gintarė, Indrė, Jūratė, Kristīne, Līga, Rasa, Rūta, Saulė, Ugnė, Vaida, Žaneta",
        "Andrius, Arūnas, Darius, Edgars, Gintaras, Jānis, Kęstutis, Linas, Mindaugas, Raimonds, Saulius, Tomas, Valdis, Žydrūnas",
        "Balčiūnaitė, Bērziņa, Čepaitė, Kalniņa, Kazlauskienė, Liepiņa, Mažeikaitė, Ozoliņa, Petrauskaitė, Šimkutė, Stankevičienė, Žukauskaitė",
        "Balčiūnas, Bērziņš, Čepas, Kalniņš, Kazlauskas, Liepiņš, Mažeika, Ozoliņš, Petrauskas, Šimkus, Stankevičius, Žukauskas",
    ),
    _origin(
        1,
        "Ukrainian, Bulgarian, British",
        "Halyna, Iryna, Kateryna, Lesya, Lyudmyla, Nadiya, Oksana, Olena, Svitlana, Tetyana, Yuliya, Desislava, Radostina, Tsvetelina",
        "Andriy, Bohdan, Dmytro, Mykola, Oleksandr, Petro, Serhiy, Taras, Vasyl, Yevhen, Georgi, Hristo, Krasimir, Plamen",
        "Bondarenko, Dimitrova, Hryhorenko, Ivanova, Koval, Kravchenko, Lysenko, Marchenko, Petrova, Rudenko, Shevchenko, Stoyanova, Tkachuk, Vlasenko, Yushchenko",
        "Bondarenko, Dimitrov, Hryhorenko, Ivanov, Koval, Kravchenko, Lysenko, Marchenko, Petrov, Rudenko, Shevchenko, Stoyanov, Tkachuk, Vlasenko, Yushchenko",
    ),
    _origin(
        0.9,
        "Italian, British",
        "Alessandra, Chiara, Concetta, Federica, Francesca, Giulia, Ilaria, Letizia, Nunzia, Rosa, Silvia, Valentina",
        "Alessandro, Antonio, Davide, Enzo, Francesco, Giorgio, Giuseppe, Luca, Matteo, Niccolò, Pasquale, Salvatore",
        "Bianchi, Cirillo, D'Agostino, Dell'Acqua, De Luca, Di Marco, Esposito, Ferraro, La Rocca, Lo Presti, Nicolò, Rossi, Sant'Angelo, Vitale",
    ),
    _origin(
        0.8,
        "French, British, Mauritian, Congolese",
        "Aurélie, Céline, Chloé, Élodie, Françoise, Geneviève, Héloïse, Mélanie, Noëlle, Océane, Sandrine, Thérèse",
        "Benoît, Cédric, Étienne, François, Gaël, Jean-Baptiste, Jérôme, Loïc, Raphaël, Rémy, Sébastien, Théo",
        "Beauchêne, Bélanger, de La Tour, Delacroix, Dupré, Gauthier, Hébert, Kabongo, L’Hôte, Lefèvre, Mukendi, Ngoma, Ramgoolam, Saint-Just, Tshibanda",
    ),
    _origin(
        0.8,
        "German, Danish, Swedish, Norwegian, Icelandic, British",
        "Annelie, Åsa, Astrid, Birgit, Bjørg, Heike, Jürgine, Käthe, Maj-Britt, Ragnheiður, Sölvi, Þóra, Ulrike",
        "Anders, Bjørn, Dieter, Hallgrímur, Håkon, Jörg, Jürgen, Lars, Mats, Søren, Sigurður, Uwe, Þór",
        "Ångström, Bergström, Ðórarinsson, Fröhlich, Groß, Jørgensen, Kjær, Köhler, Lindqvist, Müller-Lüdenscheidt, Nygård, Østergaard, Schäfer, Sæther, Weiß, von Hagen",
    ),
    _origin(
        0.8,
        "Greek, Cypriot, British",
        "Androulla, Chrystalla, Despina, Eleni, Georgia, Kyriaki, Maroulla, Sotiroula, Stavroula, Theodora, Vasiliki",
        "Andreas, Christakis, Costas, Dimitris, Giannis, Kyriacos, Michalis, Panayiotis, Savvas, Stelios, Theodoros",
        "Charalambous, Christodoulou, Constantinou, Demetriou, Hadjigeorgiou, Ioannou, Kyriakides, Papadopoulos, Papageorgiou, Savvides, Theophanous, Zacharia",
    ),
    _origin(
        0.7,
        "Iranian, Afghan, British",
        "Azadeh, Bahar, Fereshteh, Golnaz, Laleh, Mahsa, Nasrin, Parisa, Roya, Shirin, Soraya, Zohreh",
        "Ahmad Shah, Babak, Behrouz, Dariush, Farhad, Hamid, Kaveh, Mehdi, Navid, Reza, Siavash, Zalmai",
        "Ahmadzai, Ebrahimi, Farahani, Ghorbani, Hashemi, Hosseini, Karimi, Khorasani, Moradi, Noorzai, Rezaei, Shirazi, Yazdani",
    ),
    _origin(
        0.6,
        "Eritrean, Ethiopian, British",
        "Almaz, Bethlehem, Feven, Genet, Hiwot, Letebrhan, Mehret, Saba, Selam, Tsehay, Yordanos, Zewditu",
        "Abraham, Biniam, Dawit, Ermias, Filmon, Haile, Kidane, Mikael, Samuel, Tesfay, Yohannes, Zerai",
        "Abraha, Bekele, Berhane, Gebremariam, Gebreselassie, Haile, Kidane, Mengistu, Negash, Tadesse, Tekle, Woldemichael, Woldu",
    ),
    _origin(
        0.6,
        "Filipino, British",
        "Analyn, Cherry Pie, Cristina, Divina, Jocelyn, Luzviminda, Marites, Ma. Theresa, Rosalinda, Rowena",
        "Arnel, Bayani, Danilo, Eduardo, Jose Mari, Jun, Nonoy, Rodel, Rommel, Virgilio",
        "Bautista, Cruz, de Guzman, Dela Cruz, Macaraeg, Magsaysay, Manalo, Pangilinan, Peñaflor, Santos, Villanueva, Yñiguez",
    ),
    _origin(
        0.6,
        "Israeli, British",
        "Adina, Chaya, Dvora, Esther, Leah, Malka, Miriam, Rivka, Ruchama, Shoshana, Tzipora, Yael",
        "Avraham, Baruch, Chaim, Dov, Eliezer, Mordechai, Moshe, Noam, Shlomo, Yaakov, Yehuda, Zvi",
        "Abrahams, Ben-Ami, Bernstein, Cohen, Feldman, Goldberg, Halevy, Kaplan, Levi, Mizrahi, Rosenfeld, Shapiro, Stern, Weisz",
    ),
    _origin(
        0.5,
        "South African, New Zealander, Samoan, British",
        "Anahera, Aroha, Hēmi-Rose, Kiri, Lerato, Mārama, Nomvula, Ntombi, Palesa, Sina, Tūī, Zanele",
        "Bongani, Hēmi, Lwazi, Mpho, Rāwiri, Sipho, Sione, Tāne, Thabo, Tūmanako, Wiremu, Xolani",
        "Cele, Dlamini, du Plessis, Faʻafetai, Hlophe, Mahlangu, Mthembu, Ngata, Nkosi, Pākehā-Smith, Te Aho, Tūhoe, van der Merwe, van Rensburg, Zulu",
    ),
)
"""The weights are rough shares of a hundred."""

MIDDLE = (
    "Ann",
    "Anne",
    "David",
    "Elizabeth",
    "James",
    "Jane",
    "John",
    "Lee",
    "Louise",
    "Marie",
    "May",
    "Michael",
    "Rose",
    "William",
)
"""Middle names, for those who have British given names."""

OTHER_LETTERS = (
    ("محمد", "العلي", "Mohammed Al-Ali", "Syrian"),
    ("فاطمة", "الزهراء", "Fatima Al-Zahra", "Iraqi"),
    ("ليلى", "حداد", "Layla Haddad", "British"),
    ("עדינה", "כהן", "Adina Cohen", "Israeli"),
    ("משה", "בן־עמי", "Moshe Ben-Ami", "British"),
    ("Оксана", "Шевченко", "Oksana Shevchenko", "Ukrainian"),
    ("Дмитро", "Коваль", "Dmytro Koval", "Ukrainian"),
    ("Десислава", "Стоянова", "Desislava Stoyanova", "Bulgarian"),
    ("Ελένη", "Παπαδοπούλου", "Eleni Papadopoulou", "Greek"),
    ("Γιώργος", "Ιωάννου", "Giorgos Ioannou", "Cypriot"),
)
"""Who is entered by the letters of their own documents: given name, family name, how others write both, nationality."""

UNUSUAL = (
    ("", "Sukarni", "Indonesian"),
    ("Björk", "Þórbergsdóttir", "Icelandic"),
    ("Nguyễn Thị Hồng", "Đào-Whitworth", "British"),
    ("Keala", "Kaʻaihue", "American"),
    ("Mary-Jane", "O’Shaughnessy-Featherstonehaugh", "British"),
    ("Aoife", "Nic an tSaoir", "Irish"),
    ("Wolfeschlegelstein", "Ó", "Irish"),
    (
        "Maria Antónia Conceição Francisca de Assis",
        "Vasconcelos e Albuquerque de Mendonça Bragança-Montgomery",
        "Portuguese",
    ),
)
"""Names that forms and pages stumble over: one word only, letters that are rare, very long or very short."""
