package org.berth.bench.compare;

import java.util.List;

/** What a run is about. */
public enum Subject {
    SLOTS,
    MAP,
    SECTIONS,
    PER_THREAD;

    List<Section> sections() {
        List<Section> sections = switch (this) {
            case SLOTS -> Catalogue.sections();
            case MAP -> MapCatalogue.sections();
            case SECTIONS -> SectionCatalogue.sections();
            case PER_THREAD -> PerThreadCatalogue.sections();
        };
        return sections.stream().map(Section::withItself).toList();
    }
}
