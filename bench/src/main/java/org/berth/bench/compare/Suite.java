package org.berth.bench.compare;

import java.util.List;
import java.util.Locale;

/** A suite of benchmarks, the subject of a run. */
public enum Suite {
    SLOTS,
    MAP,
    KEY_LOCKS,
    PER_THREAD,
    RECORDS,
    PLACEMENT,
    STORE;

    /** Returns the name in published runs. */
    String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    List<ReportSection> sections() {
        List<ReportSection> sections = switch (this) {
            case SLOTS -> Catalogue.sections();
            case MAP -> MapCatalogue.sections();
            case KEY_LOCKS -> KeyLockCatalogue.sections();
            case PER_THREAD -> PerThreadCatalogue.sections();
            case RECORDS -> RecordCatalogue.sections();
            case PLACEMENT -> PlacementCatalogue.sections();
            case STORE -> StoreCatalogue.sections();
        };
        return sections.stream().map(ReportSection::withRepeatedBaseline).toList();
    }
}
