package epcis

import (
	"strings"

	"github.com/filiera-chain/filiera/gs1"
)

// Namespaces of standard vocabulary.
const (
	cbvNamespace   = "https://ref.gs1.org/cbv/"
	gs1Namespace   = "https://ref.gs1.org/voc/"
	epcisNamespace = "https://ref.gs1.org/epcis/"
)

// vocabulary is a field's set of standard words and how they become URIs.
type vocabulary struct {
	name   string   // for errors
	prefix string   // URI that a standard word is appended to
	words  string   // the standard bare words, separated by spaces
	banned []string // prefixes of URIs that must not stand for a standard word
}

// Standard words must be written bare, not as the older URIs.
var (
	bannedCBV = []string{"urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/"}
	bannedGS1 = []string{"http://gs1.org/voc/", "https://gs1.org/voc/", "http://www.gs1.org/voc/", "https://www.gs1.org/voc/"}
)

// The vocabularies of EPCIS 2.0.1 and CBV 2.0.
var (
	bizSteps = vocabulary{"business step", cbvNamespace + "BizStep-", "accepting arriving assembling collecting " +
		"commissioning consigning creating_class_instance cycle_counting decommissioning departing destroying disassembling " +
		"dispensing encoding entering_exiting holding inspecting installing killing loading other packing picking receiving " +
		"removing repackaging repairing replacing reserving retail_selling shipping staging_outbound stock_taking stocking " +
		"storing transporting unloading unpacking void_shipping sensor_reporting sampling", bannedCBV}
	dispositions = vocabulary{"disposition", cbvNamespace + "Disp-", "active container_closed damaged destroyed dispensed " +
		"disposed encoded expired in_progress in_transit inactive no_pedigree_match non_sellable_other partially_dispensed " +
		"recalled reserved retail_sold returned sellable_accessible sellable_not_accessible stolen unknown available " +
		"completeness_verified completeness_inferred conformant container_open mismatch_instance mismatch_class " +
		"mismatch_quantity needs_replacement non_conformant unavailable", bannedCBV}
	bizTransactionTypes = vocabulary{"business transaction type", cbvNamespace + "BTT-", "bol cert desadv inv pedigree po poc " +
		"prodorder recadv rma testprd testres upevt", bannedCBV}
	sourceDestTypes = vocabulary{"source or destination type", cbvNamespace + "SDT-", "owning_party possessing_party location", bannedCBV}
	errorReasons    = vocabulary{"error reason", cbvNamespace + "ER-", "did_not_occur incorrect_data", bannedCBV}
	components      = vocabulary{"component", cbvNamespace + "Comp-", "x y z axial_distance azimuth height spherical_radius " +
		"polar_angle elevation_angle easting northing latitude longitude altitude", bannedCBV}
	sensorAlerts     = vocabulary{"sensor exception", gs1Namespace, "ALARM_CONDITION ERROR_CONDITION", bannedGS1}
	measurementTypes = vocabulary{"measurement type", gs1Namespace, "AbsoluteHumidity AbsorbedDose AbsorbedDoseRate " +
		"Acceleration Radioactivity Altitude AmountOfSubstance AmountOfSubstancePerUnitVolume Angle AngularAcceleration " +
		"AngularMomentum AngularVelocity Area Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent " +
		"DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent ElectricCurrentDensity ElectricFieldStrength Energy " +
		"Exposure Force Frequency Illuminance Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance " +
		"LuminousFlux LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass MassConcentration " +
		"MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute MolarEnergy MolarMass MolarVolume Power Pressure " +
		"RadiantFlux RadiantIntensity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed SurfaceDensity " +
		"SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate VolumeFraction VolumetricFlux Wavenumber", bannedGS1}
)

func (v *vocabulary) has(word string) bool {
	for _, w := range strings.Fields(v.words) {
		if w == word {
			return true
		}
	}
	return false
}

func (v *vocabulary) bans(uri string) bool {
	for _, prefix := range v.banned {
		if strings.HasPrefix(uri, prefix) {
			return true
		}
	}
	return false
}

// canonical turns a value of the vocabulary into its URI: bare words of the
// standard are expanded, older URNs and CURIEs rewritten.
func (v *vocabulary) canonical(value string) string {
	value = strings.TrimSpace(value)
	if !strings.Contains(value, ":") && v.has(value) {
		return v.prefix + value
	}
	return canonicalText(value)
}

// BizStepURI returns the full URI of a business step such as "shipping".
func BizStepURI(word string) string { return bizSteps.canonical(word) }

// DispositionURI returns the full URI of a disposition such as "in_transit".
func DispositionURI(word string) string { return dispositions.canonical(word) }

// canonicalText is the form in which the event hash takes any text value: white
// space trimmed, CBV URNs and the CURIEs gs1:, cbv:, epcis: expanded, numbers
// plain, GS1 identifiers as constrained canonical Digital Links.
func canonicalText(s string) string {
	s = strings.TrimSpace(s)
	for _, r := range [...]struct{ from, to string }{
		{"urn:epcglobal:cbv:bizstep:", cbvNamespace + "BizStep-"},
		{"urn:epcglobal:cbv:disp:", cbvNamespace + "Disp-"},
		{"urn:epcglobal:cbv:btt:", cbvNamespace + "BTT-"},
		{"urn:epcglobal:cbv:sdt:", cbvNamespace + "SDT-"},
		{"urn:epcglobal:cbv:er:", cbvNamespace + "ER-"},
		{"cbv:", cbvNamespace},
		{"gs1:", gs1Namespace},
		{"epcis:", epcisNamespace},
	} {
		if rest, ok := strings.CutPrefix(s, r.from); ok {
			return r.to + rest
		}
	}
	if n := numericText(s); n != s {
		return n
	}
	canonical, _ := gs1.Canonical(s)
	return canonical
}
