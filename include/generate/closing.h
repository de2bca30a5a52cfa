#ifdef __cplusplus
}
#endif

#endif /* MEDSEAL_H */
