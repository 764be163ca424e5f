package epcisrest

func convertXML(raw []byte, most int) ([]byte, *Problem) {
	return nil, exception("UnsupportedMediaTypeException", "XML comes later")
}
