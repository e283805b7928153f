// SPDX-License-Identifier: Apache-2.0
package storage.dory.provisioner.catalog;

import java.util.Optional;
import java.util.function.Function;

/**
 * One key of a provisioner ConfigMap: how it is read and how it is documented.
 *
 * @param type in words, with bounds
 * @param text its value when it is absent
 * @param example a good value
 * @param reader makes the value, or throws IllegalArgumentException whose message says what is
 *     wrong
 */
public record DefinitionKey<T>(
    String name,
    String type,
    Optional<String> text,
    String example,
    String description,
    Function<String, T> reader) {}
