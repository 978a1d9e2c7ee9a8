"""Where the demo's homes are: England's regions with some of their local authorities and towns. The homes are made up."""

from typing import NamedTuple


class Area(NamedTuple):
    region: str
    local_authority: str
    postcodes: str
    """The letters with which its postcodes begin."""
    towns: tuple[str, ...]
    weight: int


_TOLD = {
    "North East": """
        Durham 5 DH: Durham, Peterlee, Bishop Auckland, Consett
        Newcastle upon Tyne 4 NE: Newcastle upon Tyne
        Sunderland 3 SR: Sunderland, Washington
        Northumberland 2 NE: Morpeth, Blyth, Hexham
        Middlesbrough 3 TS: Middlesbrough
        Gateshead 2 NE: Gateshead
        Hartlepool 1 TS: Hartlepool
        Darlington 2 DL: Darlington""",
    "North West": """
        Lancashire 9 PR: Preston, Burnley, Chorley, Lancaster, Ormskirk, Accrington
        Manchester 5 M: Manchester
        Rochdale 6 OL: Rochdale, Heywood, Middleton
        Bolton 4 BL: Bolton, Farnworth
        Oldham 4 OL: Oldham, Royton
        Wigan 4 WN: Wigan, Leigh
        Stockport 3 SK: Stockport
        Liverpool 4 L: Liverpool
        Sefton 3 PR: Southport, Bootle
        Cheshire East 3 CW: Crewe, Macclesfield
        Cumberland 2 CA: Carlisle, Workington, Wigton
        Blackpool 3 FY: Blackpool
        Bury 2 BL: Bury""",
    "Yorkshire and The Humber": """
        Leeds 6 LS: Leeds, Otley, Wetherby
        Bradford 5 BD: Bradford, Keighley
        Sheffield 4 S: Sheffield
        Kirklees 4 HD: Huddersfield, Dewsbury
        Doncaster 4 DN: Doncaster
        Rotherham 3 S: Rotherham
        Calderdale 3 HX: Halifax, Brighouse
        North Yorkshire 3 HG: Harrogate, Scarborough, Skipton, Whitby
        Kingston upon Hull 3 HU: Kingston upon Hull
        North Lincolnshire 1 DN: Scunthorpe""",
    "East Midlands": """
        Derbyshire 4 DE: Chesterfield, Ilkeston, Matlock
        Derby 3 DE: Derby
        Nottingham 4 NG: Nottingham
        Nottinghamshire 4 NG: Mansfield, Worksop, Newark-on-Trent
        Leicester 4 LE: Leicester
        Leicestershire 3 LE: Loughborough, Hinckley
        Lincolnshire 3 LN: Lincoln, Boston, Spalding
        West Northamptonshire 3 NN: Northampton, Daventry
        Rutland 1 LE: Oakham""",
    "West Midlands": """
        Birmingham 8 B: Birmingham, Sutton Coldfield
        Wolverhampton 4 WV: Wolverhampton
        Sandwell 3 B: West Bromwich, Smethwick
        Walsall 3 WS: Walsall
        Dudley 3 DY: Dudley, Stourbridge
        Coventry 3 CV: Coventry
        Staffordshire 5 ST: Stafford, Burton upon Trent, Leek
        Stoke-on-Trent 4 ST: Stoke-on-Trent
        Shropshire 5 SY: Shrewsbury, Oswestry, Ludlow
        Worcestershire 2 WR: Worcester, Kidderminster
        Herefordshire 1 HR: Hereford""",
    "East of England": """
        Essex 5 CM: Chelmsford, Colchester, Clacton-on-Sea, Harlow
        Norfolk 4 NR: Norwich, King's Lynn, Thetford
        Suffolk 3 IP: Ipswich, Lowestoft
        Peterborough 2 PE: Peterborough
        Cambridgeshire 2 CB: Cambridge, Wisbech
        Hertfordshire 3 AL: St Albans, Watford, Stevenage
        Luton 2 LU: Luton
        Bedford 1 MK: Bedford""",
    "London": """
        Croydon 4 CR: Croydon
        Enfield 3 EN: Enfield
        Lewisham 2 SE: Lewisham
        Redbridge 3 IG: Ilford
        Ealing 2 W: Southall
        Bromley 2 BR: Bromley
        Havering 2 RM: Romford
        Haringey 1 N: Tottenham
        Hounslow 1 TW: Hounslow""",
    "South East": """
        Kent 8 CT: Canterbury, Margate, Maidstone, Folkestone, Tonbridge
        Hampshire 4 SO: Southampton, Basingstoke, Fareham
        Surrey 3 GU: Guildford, Redhill
        West Sussex 3 BN: Worthing, Crawley
        East Sussex 3 TN: Hastings, Eastbourne
        Medway 3 ME: Chatham, Gillingham
        Oxfordshire 2 OX: Oxford, Banbury
        Buckinghamshire 2 HP: Aylesbury
        Milton Keynes 2 MK: Milton Keynes
        Portsmouth 2 PO: Portsmouth
        Isle of Wight 1 PO: Newport""",
    "South West": """
        Bristol 3 BS: Bristol
        Somerset 4 TA: Taunton, Bridgwater, Yeovil
        Devon 4 EX: Exeter, Barnstaple, Newton Abbot
        Plymouth 2 PL: Plymouth
        Cornwall 3 TR: Truro, Bodmin, Penzance
        Gloucestershire 3 GL: Gloucester, Stroud
        Wiltshire 2 SN: Trowbridge, Salisbury
        Swindon 2 SN: Swindon
        Dorset 1 DT: Dorchester""",
}


def _areas(region: str, told: str) -> list[Area]:
    areas = []
    for line in told.strip().splitlines():
        head, towns = line.strip().split(": ")
        authority, weight, postcodes = head.rsplit(" ", 2)
        areas.append(
            Area(region, authority, postcodes, tuple(towns.split(", ")), int(weight))
        )
    return areas


AREAS = [area for region, told in _TOLD.items() for area in _areas(region, told)]
