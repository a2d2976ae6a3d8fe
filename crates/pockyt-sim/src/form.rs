//! Writes bodies as forms.

use form_urlencoded::byte_serialize;

/// The form of texts by name. Names are words of ours, and most values are their own form: numbers and words.
pub(crate) fn of_texts(fields: &[(&str, &str)]) -> String {
    let is_plain = |byte: u8| PLAIN.get(usize::from(byte)).is_some_and(|is_plain| *is_plain);
    let plain = fields.iter().map(|(name, value)| name.len() + value.len() + 2).sum::<usize>();
    let mut form = String::with_capacity(plain.saturating_sub(1));
    for (name, value) in fields {
        form.push_str(if form.is_empty() { "" } else { "&" });
        form.push_str(name);
        form.push('=');
        if value.bytes().all(is_plain) {
            form.push_str(value);
        } else {
            form.extend(byte_serialize(value.as_bytes()));
        }
    }
    form
}

/// Of each byte, whether it is its own form.
#[expect(clippy::indexing_slicing, reason = "it is worked out when the table is compiled")]
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = u8::MAX;
    while byte > 0 {
        plain[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'*' | b'-' | b'.' | b'_');
        byte -= 1;
    }
    plain
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_written_as_the_library_writes_it() {
        let texts = (0..=u8::MAX).map(|byte| String::from(char::from(byte)));
        for text in texts.chain([String::new(), "200043".into(), "a b+c&d=e%".into(), "日本".into()]) {
            let written = of_texts(&[("a", "1"), ("b", &text)]);
            let mut library = form_urlencoded::Serializer::new(String::new());
            assert_eq!(written, library.extend_pairs([("a", "1"), ("b", &text)]).finish());
        }
        assert_eq!(of_texts(&[]), "");
    }
}
