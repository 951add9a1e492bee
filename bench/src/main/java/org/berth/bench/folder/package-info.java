/** The folders that runs write to. */
@NullMarked
package org.berth.bench.folder;

import org.jspecify.annotations.NullMarked;
