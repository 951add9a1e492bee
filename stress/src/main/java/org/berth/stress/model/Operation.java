package org.berth.stress.model;

/** An operation of the map, of the one key that the model has. */
enum Operation {
    /** Puts a token that no other put has put. */
    PUT,
    REMOVE,

    /** Appends a table to the last one, as an update does that finds it full. */
    RESIZE,
    GET,

    /** Meets the mapping, if there is one, from tables that it pins. */
    TRAVERSE,
    CLOSE
}
