package org.berth.bench.compare;

import java.util.List;
import java.util.Locale;

/** What a run is about. */
public enum Suite {
    SLOTS,
    MAP,
    SECTIONS,
    PER_THREAD,
    PLACEMENT;

    /** What published runs of it are called by. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<ReportSection> sections() {
        List<ReportSection> sections = switch (this) {
            case SLOTS -> Catalogue.sections();
            case MAP -> MapCatalogue.sections();
            case SECTIONS -> KeyLockCatalogue.sections();
            case PER_THREAD -> PerThreadCatalogue.sections();
            case PLACEMENT -> PlacementCatalogue.sections();
        };
        return sections.stream().map(ReportSection::withItself).toList();
    }
}
