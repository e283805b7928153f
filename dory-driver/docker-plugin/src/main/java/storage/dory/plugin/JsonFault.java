// SPDX-License-Identifier: Apache-2.0
package storage.dory.plugin;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import org.jspecify.annotations.Nullable;

/** What is wrong with text that should be JSON, for whoever wrote the text. */
public final class JsonFault {
  private JsonFault() {}

  /** One line: what was found, and at which line and column of the text, counted from 1. */
  public static String of(JsonProcessingException e) {
    String words = String.valueOf(e.getOriginalMessage());
    // the parser says where an object began that does not end, in words about itself
    int began = words.indexOf(" (start marker at ");
    String found = (began < 0 ? words : words.substring(0, began)).replaceAll("\\s+", " ");
    @Nullable JsonLocation at = e.getLocation();
    return at == null
        ? found
        : found + ", at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }
}
