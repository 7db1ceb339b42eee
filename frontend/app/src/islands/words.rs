//! How the words of an island travel.

/// Declares the words of an island: a struct of `String` fields.
///
/// They travel in the page as a list in the order of the fields. Server and browser are built from
/// the same lines, so names would add nothing, and a reader for forty named fields is 20 kB of wasm.
macro_rules! island_words {
    (
        $(#[$about:meta])*
        pub struct $name:ident {
            $($(#[$doc:meta])* pub $field:ident: String,)+
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(from = "Vec<String>", into = "Vec<String>")]
        pub struct $name {
            $($(#[$doc])* pub $field: String,)+
        }

        impl From<Vec<String>> for $name {
            fn from(words: Vec<String>) -> Self {
                let mut words = words.into_iter();
                Self { $($field: words.next().unwrap_or_default(),)+ }
            }
        }

        impl From<$name> for Vec<String> {
            fn from(words: $name) -> Self {
                vec![$(words.$field),+]
            }
        }
    };
}

#[cfg(test)]
mod tests {
    island_words! {
        /// Two words.
        pub struct Two {
            /// The first.
            pub first: String,
            /// The second.
            pub second: String,
        }
    }

    #[test]
    fn words_arrive_under_the_names_they_left_with() {
        let words = Two { first: String::from("甲"), second: String::from("乙") };
        let text = serde_json::to_string(&words).unwrap();
        assert_eq!(text, r#"["甲","乙"]"#);
        assert_eq!(serde_json::from_str::<Two>(&text).unwrap(), words);
    }
}
