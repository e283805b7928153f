// SPDX-License-Identifier: Apache-2.0
package storage.dory.e2e.embedded;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import io.fabric8.kubernetes.api.model.FlexPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The JSON argument of a driver's {@code mount}, byte for byte as kubelet writes it. */
record FlexRequest(SortedMap<String, String> options) {

  static FlexRequest of(
      Pod pod, String volume, FlexPersistentVolumeSource source, boolean readOnly) {
    SortedMap<String, String> all =
        new TreeMap<>(Objects.requireNonNullElse(source.getOptions(), Map.of()));
    all.put("kubernetes.io/fsType", Objects.toString(source.getFsType(), ""));
    all.put("kubernetes.io/pod.name", pod.getMetadata().getName());
    all.put("kubernetes.io/pod.namespace", pod.getMetadata().getNamespace());
    all.put("kubernetes.io/pod.uid", pod.getMetadata().getUid());
    all.put("kubernetes.io/pvOrVolumeName", volume);
    all.put("kubernetes.io/readwrite", readOnly ? "ro" : "rw");
    all.put(
        "kubernetes.io/serviceAccount.name",
        Objects.toString(pod.getSpec().getServiceAccountName(), "default"));
    return new FlexRequest(all);
  }

  /** Keys sorted, {@code < > &} and two line separators escaped, as Go does. */
  String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.setCharacterEscapes(new GoEscapes());
      json.writeStartObject();
      for (Map.Entry<String, String> option : options.entrySet()) {
        json.writeStringField(option.getKey(), option.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("strings can be written to a string", e);
    }
    return text.toString();
  }

  private static final class GoEscapes extends CharacterEscapes {
    private static final long serialVersionUID = 1;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes['<'] = ESCAPE_CUSTOM;
      codes['>'] = ESCAPE_CUSTOM;
      codes['&'] = ESCAPE_CUSTOM;
      codes['\b'] = ESCAPE_CUSTOM;
      codes['\f'] = ESCAPE_CUSTOM;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int character) {
      boolean escaped =
          switch (character) {
            case '<', '>', '&', '\b', '\f', 0x2028, 0x2029 -> true;
            default -> false;
          };
      return escaped ? new SerializedString("\\u%04x".formatted(character)) : null;
    }
  }
}
