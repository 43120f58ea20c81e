"""The words of the Core Business Vocabulary 2.0, in every spelling a client may use.

>>> BIZ_STEP.bare("urn:epcglobal:cbv:bizstep:shipping")
'shipping'
>>> BIZ_STEP.uri("shipping")
'https://ref.gs1.org/cbv/BizStep-shipping'
"""

import re

from msgspec import Struct

from zhuisu.events.errors import UnknownWord, shown

CBV = "https://ref.gs1.org/cbv/"
GS1 = "https://gs1.org/voc/"
MDA = "urn:epcglobal:cbv:mda:"
_OLD_VOC = "https://ref.gs1.org/voc/"
"""Where the GS1 Web Vocabulary stood in drafts, and stands in OpenEPCIS documents."""

# A bare word in these namespaces must be one of the standard's (JSON schema of EPCIS 2.0, vocab-other-uri).
_RESERVED = re.compile(r"urn:epcglobal:cbv:(?:bizstep|disp|btt|sdt|er|comp)\b|https?://ns\.gs1\.org/cbv/")
_WORDS = re.compile(r"https?://ref\.gs1\.org/cbv/(?:BizStep|Disp|BTT|SDT|ER|Comp)-")
"""So must what ends a web URI of the CBV. A stored event of before this was asked may hold another."""

# What the JSON schema takes for no URI of another's vocabulary: vocab-other-uri, vocab-nonGS1WebVoc-uri.
_NOT_IN_JSON = ("urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/")
_VOC_NOT_IN_JSON = tuple(
    f"{scheme}://{host}/voc/" for scheme in ("http", "https") for host in ("gs1.org", "www.gs1.org")
)


class Vocabulary(Struct, frozen=True):
    """One closed list of CBV words: ``spellings`` leads from each way of writing a word to the bare word."""

    name: str
    web: str
    spellings: dict[str, str]
    later: dict[str, str]
    """Words that CBV 2.0 lacks and GS1 uses all the same, in each spelling: they are told by their web URI."""
    not_in_json: tuple[str, ...]
    """How no value of JSON begins: there a word of the standard is bare, or has a prefix."""

    def for_json(self, text: str) -> str:
        """Pass a spelling that the JSON schema takes. UnknownWord otherwise."""
        if text.startswith(self.not_in_json):
            raise UnknownWord(
                f"{shown(text)} is the spelling of XML, or no {self.name}",
                rule="EPCIS 2.0 JSON schema, vocab-other-uri and vocab-nonGS1WebVoc-uri",
                mend=f"write {shown(self.spellings[text])}" if text in self.spellings else "use a bare word of CBV 2.0",
            )
        return self.known(text)

    def known(self, text: str) -> str:
        """Pass a web URI of the CBV that is one of its words, and all else. UnknownWord otherwise."""
        if _WORDS.match(text) and text not in self.spellings and text not in self.later:
            raise self._unknown(text)
        return text

    def bare(self, text: str) -> str:
        """Find the bare word for any spelling; a URI of another vocabulary stays as it is. UnknownWord otherwise."""
        word = self.spellings.get(text) or self.later.get(text)
        if word is not None:
            return word
        if ":" not in text or _RESERVED.match(text):
            raise self._unknown(text)
        return text

    def _unknown(self, text: str) -> UnknownWord:
        return UnknownWord(
            f"{shown(text)} is not a {self.name} of CBV 2.0",
            rule="CBV 2.0; EPCIS 2.0 JSON schema, vocab-other-uri",
            mend="use a CBV word, or a full URI of your own vocabulary",
        )

    def uri(self, word: str) -> str:
        """Give the web URI of a bare word; what has a colon is a URI already."""
        return word if ":" in word else self.web + word


def _vocabulary(
    name: str,
    urn: str,
    web: str,
    curie: str,
    words: str,
    *also: str,
    later: tuple[str, ...] = (),
    not_in_json: tuple[str, ...] = _VOC_NOT_IN_JSON,
) -> Vocabulary:
    prefixes = ("", urn, web, curie, *also)
    spellings = {prefix + word: word for prefix in prefixes for word in words.split()}
    told = {prefix + word: web + word for prefix in prefixes for word in later}
    return Vocabulary(name, web, spellings, told, not_in_json)


def _cbv(name: str, urn: str, web: str, words: str, *later: str) -> Vocabulary:
    names = f"urn:epcglobal:cbv:{urn}:", f"{CBV}{web}-", f"cbv:{web}-"
    return _vocabulary(name, *names, words, later=later, not_in_json=_NOT_IN_JSON)


# GS1's guideline on Regulation (EU) 2023/1115 reports with a business step and a disposition of its own.


BIZ_STEP = _cbv(
    "bizStep",
    "bizstep",
    "BizStep",
    """accepting arriving assembling collecting commissioning consigning creating_class_instance cycle_counting
    decommissioning departing destroying disassembling dispensing encoding entering_exiting holding inspecting
    installing killing loading other packing picking receiving removing repackaging repairing replacing
    reserving retail_selling sampling sensor_reporting shipping staging_outbound stock_taking stocking storing
    transporting unloading unpacking void_shipping""",
    "notifying",
)

DISPOSITION = _cbv(
    "disposition",
    "disp",
    "Disp",
    """active available completeness_inferred completeness_verified conformant container_closed container_open
    damaged destroyed dispensed disposed encoded expired in_progress in_transit inactive mismatch_class
    mismatch_instance mismatch_quantity needs_replacement no_pedigree_match non_conformant non_sellable_other
    partially_dispensed recalled reserved retail_sold returned sellable_accessible sellable_not_accessible
    stolen unavailable unknown""",
    "subject_to_regulation",
)

TRANSACTION_TYPE = _cbv(
    "business transaction type",
    "btt",
    "BTT",
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
)

PARTY_TYPE = _cbv("source or destination type", "sdt", "SDT", "location owning_party possessing_party")

ERROR_REASON = _cbv("error reason", "er", "ER", "did_not_occur incorrect_data")

COMPONENT = _cbv(
    "sensor component",
    "comp",
    "Comp",
    """altitude axial_distance azimuth easting elevation_angle height latitude longitude northing polar_angle
    spherical_radius x y z""",
)

# With words of the drafts that the JSON schema dropped and clients still send: EffectiveDose, EffectiveDoseRate, and
# Molar_concentration, which GS1's own examples of sensor data have.
MEASUREMENT = _vocabulary(
    "measurement type",
    "https://www.gs1.org/voc/",
    GS1,
    "gs1:",
    """AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity Area Capacitance
    Conductance Conductivity Count Density Dimensionless DoseEquivalent DoseEquivalentRate DynamicViscosity
    EffectiveDose EffectiveDoseRate ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength
    Energy Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum
    Luminance LuminousFlux LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass
    MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass
    MolarVolume Power Pressure RadiantFlux RadiantIntensity Radioactivity RelativeHumidity Resistance
    Resistivity SolidAngle SpecificVolume Speed SurfaceDensity SurfaceTension Temperature Time Torque Voltage
    Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber""",
    _OLD_VOC,
    later=("Molar_concentration",),
)

DRAFTS = frozenset({"EffectiveDose", "EffectiveDoseRate"})
"""Bare words that the JSON schema does not have."""

SENSOR_ALERT = _vocabulary(
    "sensor alert type", "https://www.gs1.org/voc/", GS1, "gs1:", "ALARM_CONDITION ERROR_CONDITION", _OLD_VOC
)
