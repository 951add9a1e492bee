package org.berth.core.store;

/** Why a map has removed a mapping that no caller has removed. */
public enum RemovalCause {
    /** Its lifetime was over. */
    EXPIRED,
    /** The map needed its memory for others. */
    EVICTED
}
