package org.berth.bench.compare;

import java.util.List;

/** What a run is about. */
public enum Subject {
    SLOTS,
    MAP;

    List<Section> sections() {
        List<Section> sections = this == MAP ? MapCatalogue.sections() : Catalogue.sections();
        return sections.stream().map(Section::withItself).toList();
    }
}
