// SPDX-License-Identifier: Apache-2.0
package storage.dory.kubectl.show;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** How an answer is written. */
public enum Format {
  /** For people. */
  TABLE {
    @Override
    public String write(Answer answer) {
      return String.join("\n", answer.text());
    }
  },
  /** One JSON document. */
  JSON {
    @Override
    public String write(Answer answer) {
      return text(new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT), answer);
    }
  },
  /** One YAML document. */
  YAML {
    @Override
    public String write(Answer answer) {
      YAMLMapper mapper =
          YAMLMapper.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .build();
      return text(mapper, answer).strip();
    }
  };

  /** The whole answer as text. */
  public abstract String write(Answer answer);

  private static String text(ObjectMapper mapper, Answer answer) {
    try {
      return mapper.writeValueAsString(answer.data());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and text can be written", e);
    }
  }
}
